-- The earlier build's rows are taken out before this table is rebuilt.
-- depends_on: {{ ref('int_credit__previous_jobs_kept') }}
with jobs as (

    select
        job_key,
        source,
        account,
        location_key,
        job_id,
        job_number,
        customer_key,
        household_key,
        parent_job_key,
        callback_of_job_key,
        job_type,
        job_class,
        business_unit,
        no_show_by,
        is_orphan,
        is_deleted,
        created_at,
        scheduled_starts_at,
        scheduled_ends_at,
        arrived_at,
        started_at,
        approved_at,
        completed_at,
        cancelled_at
    from {{ ref('int_jobs__keyed') }}

),

judged as (

    select
        job_key,
        state,
        not_eligible_because,
        is_eligible
    from {{ ref('int_jobs__judged') }}

),

first_contacts as (

    select
        job_key,
        first_contact_kind,
        first_contact_at,
        first_contact_on
    from {{ ref('int_jobs__first_contacts_found') }}

),

starts as (

    select
        job_key,
        is_on_time
    from {{ ref('int_jobs__starts_judged') }}

),

holds as (

    select
        job_key,
        hold_seconds
    from {{ ref('int_jobs__holds_summed') }}

),

classes as (

    select
        job_key,
        customer_class
    from {{ ref('int_jobs__customers_classed') }}

),

sources as (

    select
        job_key,
        original_campaign_key,
        original_channel,
        has_lead_source
    from {{ ref('int_jobs__sources_named') }}

),

money as (

    select
        job_key,
        net_cents,
        collected_cents,
        margin_cents,
        margin_basis,
        margin_estimated_share,
        invoice_count
    from {{ ref('int_money__jobs_summed') }}

),

jobs_completed as (

    select
        jobs.job_key,
        jobs.source,
        jobs.account,
        jobs.location_key,
        jobs.job_id,
        jobs.job_number,
        jobs.customer_key,
        jobs.household_key,
        jobs.parent_job_key,
        jobs.callback_of_job_key,
        judged.state,
        jobs.job_type,
        jobs.job_class,
        jobs.business_unit,
        first_contacts.first_contact_kind,
        jobs.no_show_by,
        classes.customer_class,
        judged.not_eligible_because,
        sources.original_channel,
        sources.original_campaign_key,
        money.margin_basis,
        cast(
            case
                when jobs.completed_at >= jobs.created_at
                    then greatest(
                        {{ seconds_between('jobs.created_at', 'jobs.completed_at') }}
                        - coalesce(holds.hold_seconds, 0),
                        0
                    ) / 3600.0
            end as double
        ) as cycle_hours,
        {{ amount('money.net_cents') }} as net_revenue_amount,
        {{ amount('money.collected_cents') }} as collected_amount,
        {{ amount('money.margin_cents') }} as margin_amount,
        cast(money.margin_estimated_share as double) as margin_estimated_share,
        cast(money.invoice_count as integer) as invoice_count,
        starts.is_on_time,
        judged.is_eligible,
        coalesce(sources.has_lead_source, false) as has_lead_source,
        jobs.is_orphan,
        jobs.is_deleted,
        jobs.created_at,
        first_contacts.first_contact_at,
        jobs.scheduled_starts_at,
        jobs.scheduled_ends_at,
        jobs.arrived_at,
        jobs.started_at,
        jobs.approved_at,
        jobs.completed_at,
        jobs.cancelled_at,
        {{ local_date('jobs.created_at') }} as created_on,
        first_contacts.first_contact_on,
        {{ local_date('jobs.scheduled_starts_at') }} as scheduled_starts_on,
        {{ local_date('jobs.scheduled_ends_at') }} as scheduled_ends_on,
        {{ local_date('jobs.arrived_at') }} as arrived_on,
        {{ local_date('jobs.started_at') }} as started_on,
        {{ local_date('jobs.approved_at') }} as approved_on,
        {{ local_date('jobs.completed_at') }} as completed_on,
        {{ local_date('jobs.cancelled_at') }} as cancelled_on
    from jobs
    inner join judged
        on jobs.job_key = judged.job_key
    left join first_contacts
        on jobs.job_key = first_contacts.job_key
    left join starts
        on jobs.job_key = starts.job_key
    left join holds
        on jobs.job_key = holds.job_key
    left join classes
        on jobs.job_key = classes.job_key
    left join sources
        on jobs.job_key = sources.job_key
    left join money
        on jobs.job_key = money.job_key

)

select * from jobs_completed
