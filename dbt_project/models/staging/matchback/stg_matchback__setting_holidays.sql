with source as (

    select * from {{ source('raw_matchback', 'setting_holidays') }}

),

renamed as (

    select
        holiday_on,
        name
    from source

)

select * from renamed
