with

records as (

    select
        source,
        account,
        entity,
        customer_id,
        customer_key,
        household_key,
        customer_type,
        is_erased,
        created_at,
        first_known_at
    from {{ ref('int_identity__records_keyed') }}

),

chosen_fields as (

    select
        customer_key,
        field_name,
        field_value,
        state,
        postal_code
    from {{ ref('int_identity__customer_fields_chosen') }}

),

jobs as (

    select
        customer_source,
        customer_account,
        customer_id,
        completed_at
    from {{ ref('int_canonical__jobs_unioned') }}
    where
        not is_deleted
        and completed_at is not null

),

first_jobs as (

    select
        records.customer_key,
        min(jobs.completed_at) as first_completed_job_at
    from jobs
    inner join records
        on jobs.customer_source = records.source
        and jobs.customer_account = records.account
        and jobs.customer_id = records.customer_id
        and records.entity = 'customer'
    group by records.customer_key

),

chosen as (

    select
        customer_key,
        max(case when field_name = 'company' then field_value end) as company,
        max(case when field_name = 'customer_type' then field_value end) as customer_type,
        max(case when field_name = 'address' then state end) as state,
        max(case when field_name = 'address' then postal_code end) as postal_code
    from chosen_fields
    group by customer_key

),

customers as (

    select
        customer_key,
        min(household_key) as household_key,
        count(*) as record_count,
        bool_and(is_erased) as is_erased,
        min(least(
            coalesce(created_at, first_known_at),
            first_known_at
        )) as first_seen_at
    from records
    group by customer_key

),

final as (

    select
        customers.customer_key,
        customers.household_key,
        coalesce(
            chosen.customer_type,
            case when chosen.company is not null then 'commercial' else 'residential' end
        ) as customer_type,
        upper(trim(chosen.state)) as state,
        chosen.postal_code,
        customers.record_count,
        customers.is_erased,
        {{ local_date('customers.first_seen_at') }} as first_seen_on,
        {{ local_date('first_jobs.first_completed_job_at') }} as first_completed_job_on,
        customers.first_seen_at,
        first_jobs.first_completed_job_at
    from customers
    left join chosen
        on customers.customer_key = chosen.customer_key
    left join first_jobs
        on customers.customer_key = first_jobs.customer_key

)

select * from final
