with appointments as (

    select * from {{ ref('stg_servicetitan__appointments') }}

),

windows_told as (

    select
        account,
        appointment_id,
        {{ instant_of('coalesce(window_starts_text, starts_text)') }} as window_starts_at,
        min(coalesce(updated_at, known_at)) as window_set_at
    from {{ ref('stg_servicetitan__appointment_versions') }}
    group by
        account,
        appointment_id,
        {{ instant_of('coalesce(window_starts_text, starts_text)') }}

),

assignments as (

    select
        account,
        appointment_id,
        list(technician_id order by technician_id) as technician_ids
    from (
        select
            account,
            appointment_id,
            technician_id
        from {{ ref('stg_servicetitan__appointment_assignments') }}
        where
            not is_deleted
            and coalesce(is_active, true)
            and technician_id is not null
        group by
            account,
            appointment_id,
            technician_id
    )
    group by
        account,
        appointment_id

),

timesheets as (

    select
        account,
        appointment_id,
        min(arrived_at) as arrived_at,
        max(done_at) as done_at
    from {{ ref('stg_servicetitan__timesheets') }}
    where
        not is_deleted
        and coalesce(is_active, true)
        and appointment_id is not null
    group by
        account,
        appointment_id

),

jobs as (

    select
        account,
        job_id,
        job_number,
        no_show_by
    from {{ ref('int_canonical__jobs_unioned') }}
    where source = 'servicetitan'

),

servicetitan as (

    select
        appointments.source,
        appointments.account,
        appointments.appointment_id,
        appointments.job_id,
        jobs.job_number,
        case
            when {{ normalised_word('appointments.status') }} = 'canceled' and jobs.no_show_by is not null then 'no show'
            else appointments.status
        end as status,
        appointments.status as vendor_status,
        case when {{ normalised_word('appointments.status') }} = 'canceled' then jobs.no_show_by end as no_show_by,
        assignments.technician_ids,
        coalesce(appointments.arrival_window_starts_at, appointments.starts_at) as window_starts_at,
        coalesce(appointments.arrival_window_ends_at, appointments.ends_at) as window_ends_at,
        -- The first version is read after the promise was made: it is as old as the appointment.
        case
            when windows_told.window_set_at is null or first_windows.window_starts_at = windows_told.window_starts_at
                then coalesce(appointments.created_at, windows_told.window_set_at)
            else windows_told.window_set_at
        end as window_set_at,
        timesheets.arrived_at,
        timesheets.done_at,
        {{ version_columns('appointments', 'coalesce(appointments.is_active, true) = false or coalesce(appointments.is_unused, false)') }}
    from appointments
    left join windows_told
        on appointments.account = windows_told.account
        and appointments.appointment_id = windows_told.appointment_id
        and coalesce(appointments.arrival_window_starts_at, appointments.starts_at) = windows_told.window_starts_at
    left join (
        select
            account,
            appointment_id,
            arg_min(window_starts_at, window_set_at) as window_starts_at
        from windows_told
        group by
            account,
            appointment_id
    ) as first_windows
        on appointments.account = first_windows.account
        and appointments.appointment_id = first_windows.appointment_id
    left join assignments
        on appointments.account = assignments.account
        and appointments.appointment_id = assignments.appointment_id
    left join timesheets
        on appointments.account = timesheets.account
        and appointments.appointment_id = timesheets.appointment_id
    left join jobs
        on appointments.account = jobs.account
        and appointments.job_id = jobs.job_id

),

{{ canonical_union('appointments', vendors=['servicetitan']) }}
