with

jobs as (

    select
        job_key,
        source,
        account,
        job_id,
        job_number,
        customer_key,
        household_key,
        location_key
    from {{ ref('fct_jobs') }}

),

final as (

    select
        job_key,
        source,
        account,
        job_id,
        job_number,
        customer_key,
        household_key,
        location_key,
        job_number is not null
        and count(*) over (partition by source, account, job_number) = 1 as is_number_unique
    from jobs

)

select * from final
