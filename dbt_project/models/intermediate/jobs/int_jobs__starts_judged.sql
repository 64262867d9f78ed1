with jobs as (

    select
        job_key,
        no_show_by,
        scheduled_starts_at,
        scheduled_ends_at,
        arrived_at,
        started_at,
        cancelled_at
    from {{ ref('int_jobs__keyed') }}

),

appointments as (

    select
        source,
        account,
        appointment_id,
        job_source,
        job_account,
        job_id,
        job_number,
        status,
        no_show_by,
        window_starts_at,
        window_ends_at,
        window_set_at,
        arrived_at
    from {{ ref('int_canonical__appointments_unioned') }}
    where not coalesce(is_deleted, false)

),

job_references as (

    select
        source,
        account,
        job_id,
        job_number,
        job_key
    from {{ ref('int_jobs__references_resolved') }}

),

appointments_ranked as (

    select
        job_references.job_key,
        appointments.status,
        appointments.no_show_by,
        appointments.window_starts_at,
        appointments.window_ends_at,
        appointments.window_set_at,
        appointments.arrived_at,
        row_number() over (
            partition by job_references.job_key
            order by appointments.window_starts_at nulls last, appointments.source, appointments.appointment_id
        ) as position
    from appointments
    inner join job_references
        on appointments.job_source = job_references.source
        and appointments.job_account = job_references.account
        and coalesce(appointments.job_id, '') = job_references.job_id
        and coalesce(appointments.job_number, '') = job_references.job_number

),

-- The promise is the one that stood at 00:00 local of the day: a window moved later on the day keeps none.
promises as (

    select
        jobs.job_key,
        coalesce(first_appointments.no_show_by, jobs.no_show_by) as no_show_by,
        coalesce(first_appointments.status = 'cancelled', false) as is_cancelled,
        case
            when first_appointments.window_ends_at is not null
                and (
                    first_appointments.window_set_at is null
                    or first_appointments.window_set_at
                    <= {{ local_midnight(local_date('first_appointments.window_starts_at')) }}
                ) then first_appointments.window_ends_at
            else jobs.scheduled_ends_at
        end as promised_until_at,
        coalesce(first_appointments.arrived_at, jobs.arrived_at) as arrived_at,
        jobs.cancelled_at
    from jobs
    left join appointments_ranked as first_appointments
        on jobs.job_key = first_appointments.job_key
        and first_appointments.position = 1

),

starts_judged as (

    select
        job_key,
        case
            when promised_until_at is null then null
            when no_show_by = 'crew' then false
            when no_show_by = 'customer' or is_cancelled then null
            when arrived_at is not null then arrived_at <= promised_until_at
        end as is_on_time
    from promises

)

select * from starts_judged
