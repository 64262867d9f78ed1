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
        lead(happened_at) over (partition by job_key order by happened_at, to_state) as ends_at
    from transitions

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
