with

shifts as (

    select
        source,
        account,
        technician_id,
        kind,
        starts_at,
        least(ends_at, {{ as_of() }}) as ends_at
    from {{ ref('int_canonical__shifts_unioned') }}
    where
        not is_deleted
        and starts_at < least(ends_at, {{ as_of() }})

),

timesheets as (

    select
        source,
        account,
        technician_id,
        activity,
        starts_at,
        least(coalesce(ends_at, {{ as_of() }}), {{ as_of() }}) as ends_at
    from {{ ref('int_canonical__timesheets_unioned') }}
    where
        not is_deleted
        and starts_at < least(coalesce(ends_at, {{ as_of() }}), {{ as_of() }})

),

appointments as (

    select
        source,
        account,
        technician_ids,
        arrived_at,
        done_at
    from {{ ref('int_canonical__appointments_unioned') }}
    where
        not is_deleted
        and arrived_at < done_at

),

technicians as (

    select
        source,
        account,
        technician_id,
        crew,
        location
    from {{ ref('int_canonical__technicians_unioned') }}
    where not is_deleted

),

locations as (

    select
        source,
        account,
        division,
        location_key
    from {{ ref('int_operations__divisions_located') }}

),

timesheet_technicians as (

    select
        source,
        account,
        technician_id
    from timesheets
    where activity = 'job'
    group by
        source,
        account,
        technician_id

),

appointment_technicians as (

    select
        appointments.source,
        appointments.account,
        assigned.technician_id,
        appointments.arrived_at,
        appointments.done_at
    from appointments
    cross join unnest(appointments.technician_ids) as assigned (technician_id)

),

-- Where a technician keeps no timesheets of jobs, the time from arrival to done stands in.
visits as (

    select
        appointment_technicians.source,
        appointment_technicians.account,
        appointment_technicians.technician_id,
        appointment_technicians.arrived_at,
        appointment_technicians.done_at
    from appointment_technicians
    left join timesheet_technicians
        on appointment_technicians.source = timesheet_technicians.source
        and appointment_technicians.account = timesheet_technicians.account
        and appointment_technicians.technician_id = timesheet_technicians.technician_id
    where timesheet_technicians.technician_id is null

),

spans as (

    select
        source,
        account,
        technician_id,
        case when kind = 'work' or kind is null then 'shift' else 'off' end as span_kind,
        starts_at,
        ends_at
    from shifts
    union all
    select
        source,
        account,
        technician_id,
        case when activity in ('job', 'drive') then activity else 'other' end as span_kind,
        starts_at,
        ends_at
    from timesheets
    union all
    select
        source,
        account,
        technician_id,
        'job' as span_kind,
        arrived_at as starts_at,
        done_at as ends_at
    from visits

),

days as (

    select date_on
    from {{ ref('int_calendar__days_built') }}

),

shift_ranges as (

    select
        source,
        account,
        technician_id,
        {{ local_date('min(starts_at)') }} as first_on,
        {{ local_date('max(ends_at)') }} as last_on
    from shifts
    group by
        source,
        account,
        technician_id

),

-- Midnights cut spans into days; they open and close nothing.
midnights as (

    select
        shift_ranges.source,
        shift_ranges.account,
        shift_ranges.technician_id,
        {{ local_midnight('days.date_on') }} as cut_at
    from shift_ranges
    inner join days
        on days.date_on between shift_ranges.first_on and {{ day_add('shift_ranges.last_on', 1) }}

),

cuts as (

    select
        source,
        account,
        technician_id,
        starts_at as cut_at,
        case when span_kind = 'shift' then 1 else 0 end as shift_step,
        case when span_kind = 'off' then 1 else 0 end as off_step,
        case when span_kind = 'job' then 1 else 0 end as job_step,
        case when span_kind = 'drive' then 1 else 0 end as drive_step
    from spans
    union all
    select
        source,
        account,
        technician_id,
        ends_at as cut_at,
        case when span_kind = 'shift' then -1 else 0 end as shift_step,
        case when span_kind = 'off' then -1 else 0 end as off_step,
        case when span_kind = 'job' then -1 else 0 end as job_step,
        case when span_kind = 'drive' then -1 else 0 end as drive_step
    from spans
    union all
    select
        source,
        account,
        technician_id,
        cut_at,
        0 as shift_step,
        0 as off_step,
        0 as job_step,
        0 as drive_step
    from midnights

),

cuts_summed as (

    select
        source,
        account,
        technician_id,
        cut_at,
        sum(shift_step) as shift_step,
        sum(off_step) as off_step,
        sum(job_step) as job_step,
        sum(drive_step) as drive_step
    from cuts
    group by
        source,
        account,
        technician_id,
        cut_at

),

stretches as (

    select
        source,
        account,
        technician_id,
        cut_at as starts_at,
        lead(cut_at) over technician_cuts as ends_at,
        sum(shift_step) over technician_cuts as shift_depth,
        sum(off_step) over technician_cuts as off_depth,
        sum(job_step) over technician_cuts as job_depth,
        sum(drive_step) over technician_cuts as drive_depth
    from cuts_summed
    window technician_cuts as (
        partition by source, account, technician_id
        order by cut_at
    )

),

paid_stretches as (

    select
        source,
        account,
        technician_id,
        {{ local_date('starts_at') }} as worked_on,
        {{ seconds_between('starts_at', 'ends_at') }} as stretch_seconds,
        job_depth > 0 as is_on_site,
        drive_depth > 0 and job_depth = 0 as is_drive
    from stretches
    where
        shift_depth > 0
        and off_depth = 0
        and ends_at is not null

),

final as (

    select
        paid_stretches.source,
        paid_stretches.account,
        paid_stretches.technician_id,
        coalesce(division_locations.location_key, account_locations.location_key, 'main') as location_key,
        technicians.crew,
        cast(sum(paid_stretches.stretch_seconds) as bigint) as paid_seconds,
        cast(coalesce(sum(paid_stretches.stretch_seconds) filter (where paid_stretches.is_on_site), 0)
            as bigint) as on_site_seconds,
        cast(coalesce(sum(paid_stretches.stretch_seconds) filter (where paid_stretches.is_drive), 0)
            as bigint) as drive_seconds,
        cast(coalesce(
            sum(paid_stretches.stretch_seconds)
                filter (where not paid_stretches.is_on_site and not paid_stretches.is_drive),
            0
        ) as bigint) as idle_seconds,
        paid_stretches.worked_on
    from paid_stretches
    left join technicians
        on paid_stretches.source = technicians.source
        and paid_stretches.account = technicians.account
        and paid_stretches.technician_id = technicians.technician_id
    left join locations as division_locations
        on paid_stretches.source = division_locations.source
        and paid_stretches.account = division_locations.account
        and technicians.location = division_locations.division
    left join locations as account_locations
        on paid_stretches.source = account_locations.source
        and paid_stretches.account = account_locations.account
        and account_locations.division is null
    group by
        paid_stretches.source,
        paid_stretches.account,
        paid_stretches.technician_id,
        coalesce(division_locations.location_key, account_locations.location_key, 'main'),
        technicians.crew,
        paid_stretches.worked_on

)

select * from final
