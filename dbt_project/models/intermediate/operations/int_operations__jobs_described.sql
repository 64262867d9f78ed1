with

jobs as (

    select
        job_key,
        source,
        account,
        job_id,
        customer_key,
        household_key,
        location_key,
        state as job_state,
        job_class,
        business_unit,
        customer_class,
        cycle_hours,
        net_revenue_amount,
        created_at,
        scheduled_starts_at,
        scheduled_ends_at,
        arrived_at,
        started_at,
        approved_at,
        completed_at,
        cancelled_at
    from {{ ref('fct_jobs') }}

),

dispatched_jobs as (

    select
        source,
        account,
        job_id,
        callback_of_job_id,
        no_show_by,
        service_postal_code,
        service_state,
        crew,
        technician_ids,
        is_zero_value,
        is_deleted
    from {{ ref('int_canonical__jobs_unioned') }}

),

technicians as (

    select
        source,
        account,
        technician_id,
        crew
    from {{ ref('int_canonical__technicians_unioned') }}
    where not is_deleted

),

service_addresses as (

    select
        source,
        account,
        job_id,
        home_key
    from {{ ref('int_identity__service_addresses_keyed') }}

),

final as (

    select
        jobs.job_key,
        jobs.source,
        jobs.account,
        jobs.job_id,
        jobs.customer_key,
        jobs.household_key,
        service_addresses.home_key as address_key,
        case
            when dispatched_jobs.callback_of_job_id is not null
                then {{ surrogate_key([
                    'jobs.source', 'jobs.account', 'dispatched_jobs.callback_of_job_id'
                ]) }}
        end as callback_of_job_key,
        jobs.location_key,
        jobs.business_unit,
        coalesce(dispatched_jobs.crew, technicians.crew) as crew,
        jobs.job_class,
        dispatched_jobs.service_postal_code as postal_code,
        left(dispatched_jobs.service_postal_code, 3) as region,
        dispatched_jobs.service_state as state,
        jobs.job_state,
        jobs.customer_class,
        dispatched_jobs.no_show_by,
        cast(round(jobs.cycle_hours * 3600) as bigint) as cycle_seconds,
        cast(jobs.net_revenue_amount * 100 as bigint) as net_revenue_cents,
        coalesce(dispatched_jobs.is_zero_value, false) as is_zero_value,
        coalesce(dispatched_jobs.is_deleted, false) as is_deleted,
        jobs.created_at,
        jobs.scheduled_starts_at,
        jobs.scheduled_ends_at,
        jobs.arrived_at,
        jobs.started_at,
        jobs.approved_at,
        jobs.completed_at,
        jobs.cancelled_at
    from jobs
    left join dispatched_jobs
        on jobs.source = dispatched_jobs.source
        and jobs.account = dispatched_jobs.account
        and jobs.job_id = dispatched_jobs.job_id
    left join technicians
        on jobs.source = technicians.source
        and jobs.account = technicians.account
        and dispatched_jobs.technician_ids[1] = technicians.technician_id
    left join service_addresses
        on jobs.source = service_addresses.source
        and jobs.account = service_addresses.account
        and jobs.job_id = service_addresses.job_id

)

select * from final
