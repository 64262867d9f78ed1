with transitions as (

    select
        job_key,
        from_state,
        to_state,
        source,
        happened_at,
        known_at
    from {{ ref('int_jobs__transitions_built') }}

),

jobs as (

    select
        job_key,
        account,
        location_key
    from {{ ref('int_jobs__keyed') }}

),

transitions_located as (

    select
        {{ surrogate_key(['transitions.job_key', 'transitions.to_state', 'transitions.happened_at']) }}
            as job_transition_key,
        transitions.job_key,
        jobs.account,
        jobs.location_key,
        transitions.from_state,
        transitions.to_state,
        transitions.source,
        transitions.happened_at,
        transitions.known_at,
        {{ local_date('transitions.happened_at') }} as happened_on,
        {{ local_date('transitions.known_at') }} as known_on
    from transitions
    inner join jobs
        on transitions.job_key = jobs.job_key

)

select * from transitions_located
