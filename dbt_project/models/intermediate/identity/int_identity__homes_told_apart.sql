with addresses as (

    select
        address_id,
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code,
        unit,
        address_key,
        household_key
    from {{ ref('int_identity__addresses_resolved') }}

),

buildings as (

    select
        address_key,
        count(distinct unit) as unit_count
    from addresses
    where address_key is not null
    group by address_key

),

-- In a building of several units an address without one is nobody's home in particular.
homes_told_apart as (

    select
        addresses.address_id,
        addresses.address_line_1,
        addresses.address_line_2,
        addresses.city,
        addresses.state,
        addresses.postal_code,
        case
            when addresses.unit is null and buildings.unit_count > 1 then null
            else addresses.household_key
        end as home_key
    from addresses
    left join buildings
        on addresses.address_key = buildings.address_key

)

select * from homes_told_apart
