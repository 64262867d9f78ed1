with jobs as (

    select
        job_key,
        customer_key,
        parent_job_key,
        is_deleted,
        created_at
    from {{ ref('int_jobs__keyed') }}

),

job_references as (

    select
        source,
        account,
        job_id,
        job_number,
        job_key
    from {{ ref('int_jobs__references_resolved') }}

),

customers as (

    select
        source,
        account,
        customer_id,
        customer_key
    from {{ ref('int_matching__customers_resolved') }}

),

touches as (

    select
        touch_key,
        merged_touch_key,
        kind,
        job_key,
        occurred_at
    from {{ ref('int_matching__touches_tied') }}
    where
        job_key is not null
        and kind in ('call', 'form', 'chat', 'walk_in')

),

leads as (

    select
        {{ surrogate_key(['source', 'account', 'lead_id']) }} as record_key,
        customer_source,
        customer_account,
        customer_id,
        job_source,
        job_account,
        job_id,
        job_number,
        status,
        created_at
    from {{ ref('int_canonical__leads_unioned') }}
    where not coalesce(is_deleted, false)

),

bookings as (

    select
        {{ surrogate_key(['source', 'account', 'booking_id']) }} as record_key,
        job_source,
        job_account,
        job_id,
        job_number,
        requested_at
    from {{ ref('int_canonical__bookings_unioned') }}
    where not coalesce(is_deleted, false)

),

estimates as (

    select
        {{ surrogate_key(['source', 'account', 'estimate_id']) }} as record_key,
        job_source,
        job_account,
        job_id,
        job_number,
        presented_at
    from {{ ref('int_canonical__estimates_unioned') }}
    where
        not coalesce(is_deleted, false)
        and presented_at is not null

),

leads_linked as (

    select
        job_references.job_key,
        'lead' as kind,
        leads.record_key,
        leads.created_at as contact_at
    from leads
    inner join job_references
        on leads.job_source = job_references.source
        and leads.job_account = job_references.account
        and coalesce(leads.job_id, '') = job_references.job_id
        and coalesce(leads.job_number, '') = job_references.job_number

),

-- A CRM lead knows the person, not the work order: it belongs to the person's next job within 30 days, unless
-- it was given up: then the job came of something else.
lead_followers as (

    select
        leads.record_key,
        leads.created_at as contact_at,
        jobs.job_key,
        row_number() over (partition by leads.record_key order by jobs.created_at, jobs.job_key) as position
    from leads
    inner join customers
        on leads.customer_source = customers.source
        and leads.customer_account = customers.account
        and leads.customer_id = customers.customer_id
    inner join jobs
        on customers.customer_key = jobs.customer_key
        and leads.created_at <= jobs.created_at
        and {{ second_add('leads.created_at', 30 * 24 * 3600) }} > jobs.created_at
    where
        leads.job_id is null
        and leads.job_number is null
        and coalesce(leads.status, 'open') <> 'dismissed'
        and not jobs.is_deleted

),

contacts as (

    select
        job_key,
        case when kind = 'call' then 'call' else 'form' end as kind,
        'touch' as record_kind,
        touch_key as record_key,
        occurred_at as contact_at
    from touches
    union all
    select
        job_key,
        kind,
        'lead' as record_kind,
        record_key,
        contact_at
    from leads_linked
    union all
    select
        job_key,
        'lead' as kind,
        'lead' as record_kind,
        record_key,
        contact_at
    from lead_followers
    where position = 1
    union all
    select
        job_references.job_key,
        'booking' as kind,
        'booking' as record_kind,
        bookings.record_key,
        bookings.requested_at as contact_at
    from bookings
    inner join job_references
        on bookings.job_source = job_references.source
        and bookings.job_account = job_references.account
        and coalesce(bookings.job_id, '') = job_references.job_id
        and coalesce(bookings.job_number, '') = job_references.job_number
    union all
    select
        job_references.job_key,
        'estimate' as kind,
        'estimate' as record_kind,
        estimates.record_key,
        estimates.presented_at as contact_at
    from estimates
    inner join job_references
        on estimates.job_source = job_references.source
        and estimates.job_account = job_references.account
        and coalesce(estimates.job_id, '') = job_references.job_id
        and coalesce(estimates.job_number, '') = job_references.job_number
    union all
    select
        job_key,
        'job' as kind,
        'job' as record_kind,
        job_key as record_key,
        created_at as contact_at
    from jobs

),

contacts_dated as (

    select
        job_key,
        kind,
        record_kind,
        record_key,
        contact_at
    from contacts
    where contact_at is not null

)

select * from contacts_dated
