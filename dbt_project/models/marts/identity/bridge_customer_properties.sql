with

properties as (

    select
        customer_key,
        household_key,
        role,
        location_count,
        is_retired,
        first_known_at
    from {{ ref('int_identity__customer_properties_linked') }}

),

final as (

    select
        customer_key,
        household_key,
        role,
        location_count,
        is_retired,
        {{ local_date('first_known_at') }} as first_known_on,
        first_known_at
    from properties

)

select * from final
