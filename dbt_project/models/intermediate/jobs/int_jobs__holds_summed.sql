with transitions as (

    select
        job_key,
        to_state,
        happened_at
    from {{ ref('int_jobs__transitions_built') }}

),

spans as (

    select
        job_key,
        to_state,
        happened_at as starts_at,
        -- An approval that comes while the work waits does not end the wait where somebody
        -- says later that work goes on.
        case
            when
                lead(to_state) over of_job = 'Client Approved'
                and lead(to_state, 2) over of_job = 'In Progress'
                then lead(happened_at, 2) over of_job
            else lead(happened_at) over of_job
        end as ends_at
    from transitions
    window of_job as (partition by job_key order by happened_at, to_state)

),

holds_summed as (

    select
        job_key,
        cast(sum({{ seconds_between('starts_at', 'ends_at') }}) as bigint) as hold_seconds
    from spans
    where
        to_state = 'On Hold'
        and ends_at is not null
    group by job_key

)

select * from holds_summed
