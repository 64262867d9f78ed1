with status_changes as (

    select
        source,
        account,
        job_id,
        status,
        happened_at,
        known_at
    from {{ ref('int_canonical__job_status_changes_unioned') }}
    where status is not null

),

jobs as (

    select
        job_key,
        source,
        account,
        no_show_by,
        created_at,
        arrived_at,
        started_at,
        approved_at,
        completed_at,
        cancelled_at,
        first_known_at,
        known_at
    from {{ ref('int_jobs__keyed') }}

),

run_context as (

    select as_of
    from {{ ref('stg_matchback__run_context') }}

),

states as (

    select
        job_key,
        source,
        'New' as state,
        created_at as happened_at,
        first_known_at as known_at
    from jobs
    union all
    select
        job_key,
        source,
        'In Progress' as state,
        coalesce(least(started_at, arrived_at), started_at, arrived_at) as happened_at,
        known_at
    from jobs
    union all
    select
        job_key,
        source,
        'Client Approved' as state,
        approved_at as happened_at,
        known_at
    from jobs
    union all
    select
        job_key,
        source,
        'Completed' as state,
        completed_at as happened_at,
        known_at
    from jobs
    union all
    select
        job_key,
        source,
        case when no_show_by is null then 'Cancelled' else 'No Show' end as state,
        cancelled_at as happened_at,
        known_at
    from jobs
    union all
    select
        {{ surrogate_key(['source', 'account', 'job_id']) }} as job_key,
        source,
        status as state,
        happened_at,
        known_at
    from status_changes

),

-- The same change is often told twice, by its timestamp and by the vendor's history.
states_once as (

    select
        states.job_key,
        states.state,
        states.happened_at,
        min(states.known_at) as known_at,
        min(states.source) as source
    from states
    cross join run_context
    inner join jobs
        on states.job_key = jobs.job_key
    where
        states.happened_at is not null
        and states.happened_at <= run_context.as_of
    group by
        states.job_key,
        states.state,
        states.happened_at

),

transitions as (

    select
        job_key,
        lag(state) over story as from_state,
        state as to_state,
        source,
        happened_at,
        known_at
    from states_once
    window story as (
        partition by job_key
        order by
            happened_at,
            case state
                when 'New' then 1
                when 'In Progress' then 2
                when 'On Hold' then 3
                when 'Client Approved' then 4
                when 'Completed' then 5
                else 6
            end,
            state
    )

),

transitions_built as (

    select
        job_key,
        from_state,
        to_state,
        source,
        happened_at,
        known_at
    from transitions
    where
        from_state is null
        or from_state <> to_state

)

select * from transitions_built
