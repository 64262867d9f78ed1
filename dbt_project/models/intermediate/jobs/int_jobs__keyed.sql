with jobs as (

    select
        source,
        account,
        job_id,
        job_number,
        customer_source,
        customer_account,
        customer_id,
        job_type,
        job_class,
        tags,
        business_unit,
        status,
        parent_job_id,
        callback_of_job_id,
        no_show_by,
        estimate_cents,
        total_cents,
        on_hold,
        is_zero_value,
        is_deleted,
        created_at,
        scheduled_starts_at,
        scheduled_ends_at,
        arrived_at,
        started_at,
        approved_at,
        completed_at,
        cancelled_at,
        first_known_at,
        known_at
    from {{ ref('int_canonical__jobs_unioned') }}

),

customers as (

    select
        source,
        account,
        customer_id,
        customer_key,
        household_key,
        match_probability
    from {{ ref('int_matching__customers_resolved') }}

),

service_addresses as (

    select
        source,
        account,
        job_id,
        household_key,
        home_key
    from {{ ref('int_identity__service_addresses_keyed') }}

),

locations as (

    select
        source,
        account,
        division,
        location_key
    from {{ ref('int_operations__divisions_located') }}

),

jobs_keyed as (

    select
        {{ surrogate_key(['jobs.source', 'jobs.account', 'jobs.job_id']) }} as job_key,
        jobs.source,
        jobs.account,
        jobs.job_id,
        jobs.job_number,
        customers.customer_key,
        coalesce(service_addresses.household_key, customers.household_key) as household_key,
        customers.household_key as customer_household_key,
        service_addresses.home_key as address_key,
        case
            when jobs.parent_job_id is not null
                then {{ surrogate_key(['jobs.source', 'jobs.account', 'jobs.parent_job_id']) }}
        end as parent_job_key,
        case
            when jobs.callback_of_job_id is not null
                then {{ surrogate_key(['jobs.source', 'jobs.account', 'jobs.callback_of_job_id']) }}
        end as callback_of_job_key,
        coalesce(unit_locations.location_key, account_locations.location_key, 'main') as location_key,
        jobs.job_type,
        jobs.job_class,
        jobs.tags,
        jobs.business_unit,
        jobs.status,
        jobs.no_show_by,
        customers.match_probability,
        jobs.estimate_cents,
        jobs.total_cents,
        coalesce(jobs.on_hold, false) as is_on_hold,
        coalesce(jobs.is_zero_value, false) as is_zero_value,
        coalesce(jobs.is_deleted, false) as is_deleted,
        customers.customer_key is null as is_orphan,
        jobs.created_at,
        jobs.scheduled_starts_at,
        jobs.scheduled_ends_at,
        jobs.arrived_at,
        jobs.started_at,
        jobs.approved_at,
        jobs.completed_at,
        jobs.cancelled_at,
        jobs.first_known_at,
        jobs.known_at
    from jobs
    left join customers
        on jobs.customer_source = customers.source
        and jobs.customer_account = customers.account
        and jobs.customer_id = customers.customer_id
    left join service_addresses
        on jobs.source = service_addresses.source
        and jobs.account = service_addresses.account
        and jobs.job_id = service_addresses.job_id
    left join locations as account_locations
        on jobs.source = account_locations.source
        and jobs.account = account_locations.account
        and account_locations.division is null
    left join locations as unit_locations
        on jobs.source = unit_locations.source
        and jobs.account = unit_locations.account
        and jobs.business_unit = unit_locations.division

)

select * from jobs_keyed
