with

appointments as (

    select
        appointment_key,
        job_key,
        status,
        no_show_by,
        window_starts_at,
        window_ends_at,
        window_set_at,
        arrived_at,
        done_at
    from {{ ref('fct_appointments') }}

),

jobs as (

    select
        job_key,
        no_show_by,
        job_state,
        scheduled_starts_at,
        scheduled_ends_at,
        arrived_at,
        completed_at,
        cancelled_at
    from {{ ref('int_operations__jobs_described') }}
    where not is_deleted

),

-- A system without appointments has one per work order: the scheduled slot.
slots as (

    select
        {{ surrogate_key(["'slot'", 'jobs.job_key']) }} as appointment_key,
        jobs.job_key,
        case when jobs.cancelled_at is not null then 'cancelled' end as status,
        cast(null as varchar) as no_show_by,
        jobs.scheduled_starts_at as window_starts_at,
        jobs.scheduled_ends_at as window_ends_at,
        cast(null as timestamptz) as window_set_at,
        cast(null as timestamptz) as arrived_at,
        cast(null as timestamptz) as done_at
    from jobs
    left join appointments
        on jobs.job_key = appointments.job_key
    where
        appointments.job_key is null
        and jobs.scheduled_starts_at is not null

),

appointments_completed as (

    select *
    from appointments
    union all
    select *
    from slots

),

appointments_ordered as (

    select
        appointment_key,
        job_key,
        status,
        no_show_by,
        window_starts_at,
        window_ends_at,
        window_set_at,
        arrived_at,
        done_at,
        row_number() over (
            partition by coalesce(job_key, appointment_key)
            order by window_starts_at asc nulls last, appointment_key asc
        ) as position,
        row_number() over (
            partition by coalesce(job_key, appointment_key)
            order by window_starts_at desc nulls first, appointment_key desc
        ) as position_from_end
    from appointments_completed

),

-- What only the work order knows is told of its first (arrival) or last (end) appointment.
appointments_filled as (

    select
        appointments_ordered.appointment_key,
        appointments_ordered.job_key,
        appointments_ordered.position,
        appointments_ordered.window_starts_at,
        appointments_ordered.window_ends_at,
        appointments_ordered.window_set_at,
        coalesce(
            appointments_ordered.no_show_by,
            case
                when appointments_ordered.position_from_end = 1
                    then jobs.no_show_by
            end
        ) as no_show_by,
        coalesce(
            appointments_ordered.arrived_at,
            case when appointments_ordered.position = 1 then jobs.arrived_at end
        ) as arrived_at,
        coalesce(
            appointments_ordered.done_at,
            case when appointments_ordered.position_from_end = 1 then jobs.completed_at end
        ) as done_at,
        coalesce(appointments_ordered.status = 'cancelled', false) as is_called_off
    from appointments_ordered
    left join jobs
        on appointments_ordered.job_key = jobs.job_key

),

final as (

    select
        appointment_key,
        job_key,
        no_show_by,
        position,
        is_called_off and no_show_by is null as is_cancelled,
        -- The promise counts as it was known at 00:00 local of its day.
        window_ends_at is not null
        and (
            window_set_at is null
            or window_set_at <= {{ local_midnight(local_date('window_starts_at')) }}
        ) as is_promised,
        coalesce(window_ends_at, window_starts_at) <= {{ as_of() }} as is_due,
        coalesce(no_show_by, '') != 'crew'
        and (
            arrived_at is not null
            or done_at is not null
            or coalesce(no_show_by, '') = 'customer'
        ) as is_kept,
        case
            when no_show_by = 'customer' then null
            when is_called_off and no_show_by is null then null
            when no_show_by = 'crew' then 'late'
            when arrived_at is null then 'unknown'
            when arrived_at <= window_ends_at then 'on time'
            else 'late'
        end as punctuality,
        {{ local_date('window_starts_at') }} as window_starts_on,
        window_starts_at,
        window_ends_at,
        window_set_at,
        arrived_at,
        done_at
    from appointments_filled

)

select * from final
