with members as (

    select
        campaign_key,
        wave,
        randomised_unit,
        unit_key,
        customer_key,
        household_key,
        customer_reference_key,
        unknown_customer_id
    from {{ ref('int_measurement__members_keyed') }}

),

jobs as (

    select
        job_key,
        customer_key,
        net_revenue_amount,
        margin_amount,
        created_at
    from {{ ref('fct_jobs') }}
    where is_eligible

),

job_households as (

    select
        job_key,
        household_key,
        customer_household_key
    from {{ ref('int_jobs__keyed') }}

),

job_references as (

    select
        {{ surrogate_key(['source', 'account', 'job_id']) }} as job_key,
        {{ surrogate_key(['customer_source', 'customer_account', 'customer_id']) }} as customer_reference_key,
        customer_id
    from {{ ref('int_canonical__jobs_unioned') }}
    where customer_id is not null

),

-- Customers whom no record describes: their id is all that is known of them.
unknown_jobs as (

    select
        jobs.job_key,
        job_references.customer_reference_key,
        case
            when min(job_references.customer_reference_key) over (partition by job_references.customer_id)
                = max(job_references.customer_reference_key) over (partition by job_references.customer_id)
                then job_references.customer_id
        end as lone_customer_id
    from jobs
    inner join job_references
        on jobs.job_key = job_references.job_key
    where jobs.customer_key is null

),

members_grouped as (

    select
        campaign_key,
        wave,
        unit_key,
        customer_reference_key,
        unknown_customer_id,
        case when randomised_unit = 'person' then customer_key end as person_key,
        case when randomised_unit <> 'person' then household_key end as household_key
    from members
    group by all

),

-- Who lives there, never what was mailed: codes, pieces and tracking numbers exist for one arm only.
jobs_matched as (

    select
        members_grouped.campaign_key,
        members_grouped.wave,
        members_grouped.unit_key,
        jobs.job_key,
        1 as evidence_order
    from members_grouped
    inner join jobs
        on members_grouped.person_key = jobs.customer_key
    union all
    select
        members_grouped.campaign_key,
        members_grouped.wave,
        members_grouped.unit_key,
        job_households.job_key,
        2 as evidence_order
    from members_grouped
    inner join job_households
        on members_grouped.household_key = job_households.customer_household_key
    union all
    select
        members_grouped.campaign_key,
        members_grouped.wave,
        members_grouped.unit_key,
        job_households.job_key,
        3 as evidence_order
    from members_grouped
    inner join job_households
        on members_grouped.household_key = job_households.household_key
    union all
    select
        members_grouped.campaign_key,
        members_grouped.wave,
        members_grouped.unit_key,
        unknown_jobs.job_key,
        4 as evidence_order
    from members_grouped
    inner join unknown_jobs
        on members_grouped.customer_reference_key = unknown_jobs.customer_reference_key
    union all
    select
        members_grouped.campaign_key,
        members_grouped.wave,
        members_grouped.unit_key,
        unknown_jobs.job_key,
        5 as evidence_order
    from members_grouped
    inner join unknown_jobs
        on members_grouped.unknown_customer_id = unknown_jobs.lone_customer_id

),

-- A job of one household at another's address counts once: for the household of its customer.
jobs_ranked as (

    select
        campaign_key,
        wave,
        unit_key,
        job_key,
        row_number() over (
            partition by
                campaign_key,
                wave,
                job_key
            order by
                evidence_order,
                unit_key
        ) as unit_rank
    from jobs_matched

),

member_jobs_joined as (

    select
        jobs_ranked.campaign_key,
        jobs_ranked.wave,
        jobs_ranked.unit_key,
        jobs_ranked.job_key,
        cast(coalesce(jobs.net_revenue_amount, 0) * 100 as bigint) as net_revenue_cents,
        cast(coalesce(jobs.margin_amount, 0) * 100 as bigint) as margin_cents,
        {{ local_date('jobs.created_at') }} as created_on,
        jobs.created_at
    from jobs_ranked
    inner join jobs
        on jobs_ranked.job_key = jobs.job_key
    where jobs_ranked.unit_rank = 1

)

select * from member_jobs_joined
