with

records as (

    select
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code
    from {{ ref('int_identity__records_collected') }}

),

customer_locations as (

    select
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code
    from {{ ref('int_canonical__customer_locations_unioned') }}

),

jobs as (

    select
        service_address_line_1 as address_line_1,
        service_address_line_2 as address_line_2,
        service_city as city,
        service_state as state,
        service_postal_code as postal_code
    from {{ ref('int_canonical__jobs_unioned') }}

),

unioned as (

    select
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code
    from records

    union all

    select
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code
    from customer_locations

    union all

    select
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code
    from jobs

),

keyed as (

    select
        {{ surrogate_key(['address_line_1', 'address_line_2', 'city', 'state', 'postal_code']) }}
            as address_id,
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code
    from unioned
    where coalesce(address_line_1, address_line_2, city, postal_code) is not null

),

final as (

    select
        address_id,
        min(address_line_1) as address_line_1,
        min(address_line_2) as address_line_2,
        min(city) as city,
        min(state) as state,
        min(postal_code) as postal_code,
        count(*) as use_count
    from keyed
    group by address_id

)

select * from final
