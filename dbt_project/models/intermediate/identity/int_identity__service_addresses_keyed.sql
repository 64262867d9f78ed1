with

jobs as (

    select
        source,
        account,
        job_id,
        service_address_line_1,
        service_address_line_2,
        service_city,
        service_state,
        service_postal_code
    from {{ ref('int_canonical__jobs_unioned') }}

),

addresses as (

    select
        address_id,
        address_key,
        household_key
    from {{ ref('int_identity__addresses_resolved') }}

),

homes as (

    select
        address_id,
        home_key
    from {{ ref('int_identity__homes_told_apart') }}

),

final as (

    select
        jobs.source,
        jobs.account,
        jobs.job_id,
        addresses.address_key,
        addresses.household_key,
        homes.home_key
    from jobs
    left join addresses
        on {{ surrogate_key([
            'jobs.service_address_line_1',
            'jobs.service_address_line_2',
            'jobs.service_city',
            'jobs.service_state',
            'jobs.service_postal_code'
        ]) }} = addresses.address_id
    left join homes
        on addresses.address_id = homes.address_id

)

select * from final
