with source as (

    select * from {{ source('raw_matchback', 'setting_locations') }}

),

renamed as (

    select
        source,
        account,
        business_unit,
        location_key,
        location_name
    from source

)

select * from renamed
