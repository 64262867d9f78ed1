with

divisions as (

    select
        location_key,
        location_name
    from {{ ref('int_operations__divisions_located') }}

),

main_location as (

    select
        'main' as location_key,
        'Main' as location_name

),

locations as (

    select
        location_key,
        location_name
    from divisions
    union all
    select
        location_key,
        location_name
    from main_location

),

final as (

    select
        location_key,
        min(location_name) as location_name
    from locations
    group by location_key

)

select * from final
