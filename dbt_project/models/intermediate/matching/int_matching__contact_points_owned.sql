with records as (

    select
        customer_key,
        household_key,
        email,
        phone,
        phone_2
    from {{ ref('int_identity__records_keyed') }}
    where
        entity = 'customer'
        and customer_key is not null

),

contact_points as (

    select
        {{ phone_digits('phone') }} as contact_point,
        customer_key,
        household_key
    from records
    union all
    select
        {{ phone_digits('phone_2') }} as contact_point,
        customer_key,
        household_key
    from records
    union all
    select
        lower(trim(email)) as contact_point,
        customer_key,
        household_key
    from records

),

-- A phone or e-mail that two people share names the household at most; one of two households, nobody.
contact_points_owned as (

    select
        contact_point,
        case when min(customer_key) = max(customer_key) then min(customer_key) end as customer_key,
        case when min(household_key) = max(household_key) then min(household_key) end as household_key
    from contact_points
    where length(contact_point) >= 7
    group by contact_point

)

select * from contact_points_owned
