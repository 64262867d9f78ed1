with

records as (

    select
        source,
        account,
        entity,
        customer_id,
        customer_key,
        household_key,
        first_known_at
    from {{ ref('int_identity__records_keyed') }}

),

locations as (

    select
        source,
        account,
        location_id,
        customer_id,
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code,
        is_deleted,
        first_known_at
    from {{ ref('int_canonical__customer_locations_unioned') }}

),

addresses as (

    select
        address_id,
        household_key
    from {{ ref('int_identity__addresses_resolved') }}

),

homes as (

    select
        customer_key,
        household_key,
        min(first_known_at) as first_known_at
    from records
    group by
        customer_key,
        household_key

),

served as (

    select
        records.customer_key,
        addresses.household_key,
        count(*) as location_count,
        bool_and(locations.is_deleted) as is_retired,
        min(locations.first_known_at) as first_known_at
    from locations
    inner join records
        on locations.source = records.source
        and locations.account = records.account
        and locations.customer_id = records.customer_id
        and records.entity = 'customer'
    inner join addresses
        on {{ surrogate_key([
            'locations.address_line_1',
            'locations.address_line_2',
            'locations.city',
            'locations.state',
            'locations.postal_code'
        ]) }} = addresses.address_id
    where addresses.household_key is not null
    group by
        records.customer_key,
        addresses.household_key

),

-- Who pays for work at a property and who lives there stay two customers: the property joins them.
final as (

    select
        coalesce(homes.customer_key, served.customer_key) as customer_key,
        coalesce(homes.household_key, served.household_key) as household_key,
        case
            when served.customer_key is null then 'home'
            when homes.customer_key is null then 'service location'
            else 'home and service location'
        end as role,
        coalesce(served.location_count, 0) as location_count,
        coalesce(served.is_retired, false) as is_retired,
        least(
            coalesce(homes.first_known_at, served.first_known_at),
            coalesce(served.first_known_at, homes.first_known_at)
        ) as first_known_at
    from homes
    full outer join served
        on homes.customer_key = served.customer_key
        and homes.household_key = served.household_key

)

select * from final
