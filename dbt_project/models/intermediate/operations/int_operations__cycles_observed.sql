with

jobs as (

    select
        job_key,
        location_key,
        job_class,
        cycle_seconds,
        created_at,
        completed_at,
        cancelled_at
    from {{ ref('int_operations__jobs_described') }}
    where
        not is_deleted
        and job_class in ('demand', 'maintenance', 'install')
        and created_at <= {{ as_of() }}

),

final as (

    select
        job_key,
        location_key,
        job_class,
        greatest(
            case
                when completed_at is not null
                    then coalesce(cycle_seconds, {{ seconds_between('created_at', 'completed_at') }})
                when cancelled_at is not null
                    then {{ seconds_between('created_at', 'cancelled_at') }}
                else {{ seconds_between('created_at', as_of()) }}
            end,
            0
        ) as seconds,
        case
            when completed_at is not null then 1
            when cancelled_at is not null then 2
            else 0
        end as outcome,
        {{ month_start(local_date('created_at')) }} as created_month_on
    from jobs

)

select * from final
