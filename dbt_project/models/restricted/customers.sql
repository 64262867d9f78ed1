with

customers as (

    select
        customer_key,
        household_key
    from {{ ref('dim_customers') }}

),

chosen_fields as (

    select
        customer_key,
        field_name,
        field_value,
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code
    from {{ ref('int_identity__customer_fields_chosen') }}

),

chosen as (

    select
        customer_key,
        max(case when field_name = 'name' then field_value end) as name,
        max(case when field_name = 'company' then field_value end) as company,
        max(case when field_name = 'email' then field_value end) as email,
        max(case when field_name = 'phone' then field_value end) as phone,
        max(case when field_name = 'address' then address_line_1 end) as address_line_1,
        max(case when field_name = 'address' then address_line_2 end) as address_line_2,
        max(case when field_name = 'address' then city end) as city,
        max(case when field_name = 'address' then state end) as state,
        max(case when field_name = 'address' then postal_code end) as postal_code
    from chosen_fields
    group by customer_key

),

final as (

    select
        customers.customer_key,
        customers.household_key,
        coalesce(
            chosen.name,
            chosen.company
        ) as name,
        chosen.company,
        chosen.email,
        chosen.phone,
        chosen.address_line_1,
        chosen.address_line_2,
        chosen.city,
        chosen.state,
        chosen.postal_code
    from customers
    left join chosen
        on customers.customer_key = chosen.customer_key

)

select * from final
