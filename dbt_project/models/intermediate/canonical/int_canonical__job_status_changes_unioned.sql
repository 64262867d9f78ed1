with history as (

    select
        events.source,
        events.account,
        events.job_id,
        words.canonical_word as status,
        events.event_type as vendor_status,
        events.happened_at,
        events.known_at
    from {{ ref('stg_servicetitan__job_events') }} as events
    inner join {{ ref('seed_job_event_words') }} as words
        on events.source = words.source
        and {{ normalised_word('events.event_type') }} = words.vendor_word
    where events.happened_at is not null

),

jobs_with_history as (

    select
        account,
        job_id
    from history
    group by
        account,
        job_id

),

estimates as (

    select
        'servicetitan' as source,
        estimates.account,
        estimates.job_id,
        'Client Approved' as status,
        estimates.status as vendor_status,
        estimates.sold_at as happened_at,
        estimates.known_at
    from {{ ref('stg_servicetitan__estimates') }} as estimates
    where
        estimates.sold_at is not null
        and estimates.job_id is not null
        and not estimates.is_deleted

),

cancellations as (

    select
        logs.source,
        logs.account,
        logs.job_id,
        'Canceled' as vendor_status,
        logs.created_at as happened_at,
        logs.known_at
    from {{ ref('stg_servicetitan__job_canceled_logs') }} as logs
    where
        logs.created_at is not null
        and not logs.is_deleted
        and coalesce(logs.is_active, true)

),

jobs as (

    select
        source,
        account,
        job_id,
        status,
        started_at,
        approved_at,
        completed_at,
        cancelled_at
    from {{ ref('int_canonical__jobs_unioned') }}

),

cancellations_judged as (

    select
        cancellations.source,
        cancellations.account,
        cancellations.job_id,
        case when jobs.status = 'No Show' then 'No Show' else 'Cancelled' end as status,
        cancellations.vendor_status,
        cancellations.happened_at,
        cancellations.known_at
    from cancellations
    left join jobs
        on cancellations.source = jobs.source
        and cancellations.account = jobs.account
        and cancellations.job_id = jobs.job_id

),

-- Without a history feed a record's own versions tell: the first version that shows a state.
versions as (

    select
        'servicetitan' as source,
        job_versions.account,
        job_versions.job_id,
        job_versions.status,
        coalesce(job_versions.updated_at, job_versions.known_at) as happened_at,
        job_versions.known_at
    from {{ ref('stg_servicetitan__job_versions') }} as job_versions
    left join jobs_with_history
        on job_versions.account = jobs_with_history.account
        and job_versions.job_id = jobs_with_history.job_id
    where jobs_with_history.job_id is null

    union all

    select
        coalesce(source_word, 'import') as source,
        account,
        id_text as job_id,
        status,
        coalesce(updated_at, known_at) as happened_at,
        known_at
    from {{ ref('stg_import__job_versions') }}

),

states_met as (

    select
        source,
        account,
        status
    from versions
    where status is not null
    group by
        source,
        account,
        status

),

states_mapped as (

    select
        states_met.source,
        states_met.account,
        states_met.status as vendor_status,
        arg_min(status_words.canonical_word, status_words.rank) as status
    from states_met
    inner join {{ ref('int_canonical__status_words_unioned') }} as status_words
        on status_words.entity = 'job'
        and status_words.vendor_word = {{ normalised_word('states_met.status') }}
        and coalesce(status_words.source, states_met.source) = states_met.source
        and coalesce(status_words.account, states_met.account) = states_met.account
    group by
        states_met.source,
        states_met.account,
        states_met.status

),

versions_mapped as (

    select
        versions.source,
        versions.account,
        versions.job_id,
        states_mapped.status,
        versions.status as vendor_status,
        versions.happened_at,
        versions.known_at,
        lag(states_mapped.status) over (
            partition by versions.source, versions.account, versions.job_id
            order by versions.happened_at, versions.known_at
        ) as status_before
    from versions
    inner join states_mapped
        on versions.source = states_mapped.source
        and versions.account = states_mapped.account
        and versions.status = states_mapped.vendor_status

),

-- The first version known tells a state, not when it came about; and where the job itself carries the time of a
-- state, that is what happened, not the moment a file was written.
versions_told as (

    select
        versions_mapped.source,
        versions_mapped.account,
        versions_mapped.job_id,
        versions_mapped.status,
        versions_mapped.vendor_status,
        versions_mapped.happened_at,
        versions_mapped.known_at
    from versions_mapped
    left join jobs
        on versions_mapped.source = jobs.source
        and versions_mapped.account = jobs.account
        and versions_mapped.job_id = jobs.job_id
    where
        versions_mapped.status_before is not null
        and versions_mapped.status != versions_mapped.status_before
        and case versions_mapped.status
            when 'In Progress' then jobs.started_at
            when 'Client Approved' then jobs.approved_at
            when 'Completed' then jobs.completed_at
            when 'Cancelled' then jobs.cancelled_at
            when 'No Show' then jobs.cancelled_at
        end is null

),

told as (

    select * from history
    union all
    select * from estimates
    union all
    select * from cancellations_judged
    union all
    select * from versions_told

),

-- Two feeds may tell one change; a no-show is never also a cancellation of the same minute.
changes as (

    select
        source,
        account,
        job_id,
        case when status = 'No Show' then 'Cancelled' else status end as status_family,
        happened_at,
        arg_max(status, status = 'No Show') as status,
        min(vendor_status) as vendor_status,
        min(known_at) as known_at
    from told
    group by
        source,
        account,
        job_id,
        case when status = 'No Show' then 'Cancelled' else status end,
        happened_at

),

columns_picked as (

    select
        source,
        account,
        job_id,
        status,
        vendor_status,
        happened_at,
        known_at
    from changes

)

select * from columns_picked
