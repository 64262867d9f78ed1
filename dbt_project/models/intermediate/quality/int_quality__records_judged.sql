with

entities as (

    select
        source,
        account,
        entity,
        error,
        read_count,
        vendor_total_count,
        is_complete
    from {{ ref('int_quality__source_entities_read') }}

),

-- A business is a business in every system, though only one of them may say so.
businesses as (

    select identities.customer_key
    from {{ ref('int_canonical__customers_unioned') }} as customers
    inner join {{ ref('int_identity__records_keyed') }} as identities
        on customers.source = identities.source
        and customers.account = identities.account
        and customers.customer_id = identities.customer_id
        and identities.entity = 'customer'
    where
        customers.customer_type = 'commercial'
        or customers.company is not null
    group by identities.customer_key

),

-- The same by its name, for records that the linkage could not bring together.
business_names as (

    select {{ business_words('coalesce(company, name)') }} as words
    from {{ ref('int_canonical__customers_unioned') }}
    where
        customer_type = 'commercial'
        or company is not null
    group by {{ business_words('coalesce(company, name)') }}

),

customers as (

    select
        customers.source,
        customers.account,
        customers.customer_id,
        customers.customer_type,
        customers.tax_id,
        {{ business_words('coalesce(customers.company, customers.name)') }} as name_words,
        systems.system_kind
    from {{ ref('int_canonical__customers_unioned') }} as customers
    left join {{ ref('seed_systems') }} as systems
        on customers.source = systems.source
    where
        not customers.is_deleted
        and customers.merged_into_id is null

),

identities as (

    select
        source,
        account,
        customer_id,
        customer_key
    from {{ ref('int_identity__records_keyed') }}
    where
        entity = 'customer'
        and customer_key is not null

),

books_known as (

    select count(*) > 0 as is_known
    from customers
    where system_kind = 'books'

),

orphaned_jobs as (

    select
        source,
        account,
        job_id
    from {{ ref('fct_jobs') }}
    where is_orphan

),

jobs as (

    select
        source,
        account,
        job_id,
        campaign_source,
        campaign_account,
        campaign_id,
        coalesce(
            mail_piece_id, promo_code, utm_source, utm_campaign, gclid, tracking_phone, lead_source
        ) is not null as has_other_source
    from {{ ref('int_canonical__jobs_unioned') }}
    where not is_deleted

),

campaigns as (

    select
        source,
        account,
        campaign_id
    from {{ ref('int_quality__campaigns_named') }}

),

enquired_jobs as (

    select job_key
    from {{ ref('int_quality__enquiries_collected') }}
    where
        has_source
        and job_key is not null
    group by job_key

),

timesheets as (

    select
        source,
        account,
        technician_id,
        timesheet_id,
        starts_at,
        ends_at,
        max(ends_at) over (
            partition by source, account, technician_id
            order by starts_at, timesheet_id
            rows between unbounded preceding and 1 preceding
        ) as busy_until
    from {{ ref('int_canonical__timesheets_unioned') }}
    where
        not is_deleted
        and activity = 'job'

),

calls as (

    select
        call_key,
        source,
        account,
        endpoint,
        client_id,
        outcome,
        status_code,
        error
    from {{ ref('int_service__api_calls_unioned') }}
    where
        status_code >= 400
        and called_at > {{ second_add(as_of(), '-86400') }}

),

final as (

    select
        'source_incomplete' as rule,
        source,
        account,
        'sources' as entity,
        entity as entity_id,
        'read to the end' as expected,
        'not read to the end' as observed,
        error as detail
    from entities
    where not is_complete
    union all
    select
        'vendor_count_differs',
        source,
        account,
        'sources',
        entity,
        cast(vendor_total_count as varchar) || ' by the vendor''s own count',
        cast(read_count as varchar) || ' read',
        cast(null as varchar)
    from entities
    where
        is_complete
        -- More read than counted is a page that moved; fewer is a loss.
        and vendor_total_count > read_count
    union all
    select
        'identity_missing',
        customers.source,
        customers.account,
        'customers',
        customers.customer_id,
        'one identity',
        'none',
        cast(null as varchar)
    from customers
    left join identities
        on customers.source = identities.source
        and customers.account = identities.account
        and customers.customer_id = identities.customer_id
    where identities.customer_id is null
    union all
    select
        'missing_tax_id',
        customers.source,
        customers.account,
        'customers',
        customers.customer_id,
        'a tax id',
        'none',
        'commercial customer'
    from customers
    cross join books_known
    left join identities
        on customers.source = identities.source
        and customers.account = identities.account
        and customers.customer_id = identities.customer_id
    left join businesses
        on identities.customer_key = businesses.customer_key
    left join business_names
        on customers.name_words = business_names.words
    where
        (
            customers.customer_type = 'commercial'
            or businesses.customer_key is not null
            or business_names.words is not null
        )
        and customers.tax_id is null
        -- The books are where a tax id belongs; without books, wherever the customer stands.
        and (customers.system_kind = 'books' or not books_known.is_known)
    union all
    select
        'orphaned_work_order',
        source,
        account,
        'jobs',
        job_id,
        'a customer',
        'none',
        cast(null as varchar)
    from orphaned_jobs
    union all
    select
        'job_without_marketing_source',
        jobs.source,
        jobs.account,
        'jobs',
        jobs.job_id,
        'a campaign, code, tracking number or lead source',
        'none',
        cast(null as varchar)
    from jobs
    left join campaigns
        on jobs.campaign_source = campaigns.source
        and jobs.campaign_account = campaigns.account
        and jobs.campaign_id = campaigns.campaign_id
    left join enquired_jobs
        on {{ surrogate_key(['jobs.source', 'jobs.account', 'jobs.job_id']) }} = enquired_jobs.job_key
    where
        campaigns.campaign_id is null
        and enquired_jobs.job_key is null
        and not jobs.has_other_source
    union all
    select
        'overlapping_timesheet',
        source,
        account,
        'timesheets',
        timesheet_id,
        'one job at a time',
        'begins before the entry before it ends',
        'technician ' || technician_id
    from timesheets
    where starts_at < busy_until
    union all
    select
        case when status_code >= 500 then 'api_server_error' else 'api_client_error' end,
        source,
        account,
        'api_calls',
        call_key,
        'status 2xx',
        cast(status_code as varchar),
        endpoint
    from calls

)

select * from final
