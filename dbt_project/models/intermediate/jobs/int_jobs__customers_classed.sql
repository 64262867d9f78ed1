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
        first_contact_at
    from {{ ref('int_jobs__first_contacts_found') }}

),

completed_jobs as (

    select
        keyed.household_key,
        keyed.completed_at
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
        min(created_at) as history_starts_at
    from jobs
    group by
        source,
        account

),

jobs_dated as (

    select
        jobs.job_key,
        jobs.household_key,
        first_contacts.first_contact_at,
        account_histories.history_starts_at
    from jobs
    inner join first_contacts
        on jobs.job_key = first_contacts.job_key
    inner join account_histories
        on jobs.source = account_histories.source
        and jobs.account = account_histories.account

),

earlier_jobs as (

    select
        jobs_dated.job_key,
        completed_jobs.completed_at as last_completed_at
    from jobs_dated
    asof inner join completed_jobs
        on jobs_dated.household_key = completed_jobs.household_key
        and jobs_dated.first_contact_at > completed_jobs.completed_at

),

customers_classed as (

    select
        jobs_dated.job_key,
        case
            when jobs_dated.household_key is null then null
            when jobs_dated.history_starts_at > jobs_dated.first_contact_at - interval 24 month then null
            when earlier_jobs.job_key is null then 'new'
            when earlier_jobs.last_completed_at < jobs_dated.first_contact_at - interval 24 month
                then 'reactivated'
            else 'active'
        end as customer_class
    from jobs_dated
    left join earlier_jobs
        on jobs_dated.job_key = earlier_jobs.job_key

)

select * from customers_classed
