with jobs as (

    select
        job_key,
        source,
        account,
        household_key,
        created_at
    from {{ ref('int_jobs__keyed') }}

),

first_contacts as (

    select
        job_key,
        first_contact_on,
        first_contact_at
    from {{ ref('int_jobs__first_contacts_found') }}

),

completed_jobs as (

    select
        keyed.household_key,
        keyed.completed_at,
        {{ local_date('keyed.completed_at') }} as completed_on
    from {{ ref('int_jobs__keyed') }} as keyed
    inner join {{ ref('int_jobs__judged') }} as judged
        on keyed.job_key = judged.job_key
    inner join {{ ref('int_money__jobs_summed') }} as summed
        on keyed.job_key = summed.job_key
    where
        judged.state = 'Completed'
        and summed.net_cents > 0
        and keyed.household_key is not null
        and keyed.completed_at is not null

),

account_histories as (

    select
        source,
        account,
        {{ local_date('min(created_at)') }} as history_starts_on
    from jobs
    group by
        source,
        account

),

jobs_dated as (

    select
        jobs.job_key,
        jobs.household_key,
        first_contacts.first_contact_on,
        first_contacts.first_contact_at,
        account_histories.history_starts_on
    from jobs
    inner join first_contacts
        on jobs.job_key = first_contacts.job_key
    inner join account_histories
        on jobs.source = account_histories.source
        and jobs.account = account_histories.account

),

-- First contacts and completed jobs of a household on one line of time; a contact at the very instant of a
-- completion comes before it.
household_events as (

    select
        household_key,
        job_key,
        first_contact_at as happened_at,
        0 as is_completion,
        cast(null as date) as completed_on
    from jobs_dated
    where household_key is not null
    union all
    select
        household_key,
        cast(null as varchar) as job_key,
        completed_at as happened_at,
        1 as is_completion,
        completed_on
    from completed_jobs

),

events_looked_back as (

    select
        job_key,
        max(completed_on) over (
            partition by household_key
            order by happened_at, is_completion
            rows between unbounded preceding and current row
        ) as last_completed_on
    from household_events

),

earlier_jobs as (

    select
        job_key,
        last_completed_on
    from events_looked_back
    where
        job_key is not null
        and last_completed_on is not null

),

customers_classed as (

    select
        jobs_dated.job_key,
        case
            when jobs_dated.household_key is null then null
            when jobs_dated.history_starts_on > {{ month_add('jobs_dated.first_contact_on', -24) }} then null
            when earlier_jobs.job_key is null then 'new'
            when earlier_jobs.last_completed_on < {{ month_add('jobs_dated.first_contact_on', -24) }}
                then 'reactivated'
            else 'active'
        end as customer_class
    from jobs_dated
    left join earlier_jobs
        on jobs_dated.job_key = earlier_jobs.job_key

)

select * from customers_classed
