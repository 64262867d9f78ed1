with

served as (

    select postal_code
    from {{ ref('int_canonical__service_areas_unioned') }}
    where not is_deleted
    group by postal_code
    having bool_or(coalesce(served, true))

),

records as (

    select
        household_key,
        postal_code
    from {{ ref('int_identity__records_keyed') }}
    where household_key is not null

),

final as (

    select
        records.household_key,
        records.postal_code
    from records
    inner join served
        on records.postal_code = served.postal_code
    group by
        records.household_key,
        records.postal_code

)

select * from final
