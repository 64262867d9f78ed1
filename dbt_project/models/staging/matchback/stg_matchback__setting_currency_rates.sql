with source as (

    select * from {{ source('raw_matchback', 'setting_currency_rates') }}

),

renamed as (

    select
        currency_code,
        rate_on,
        rate
    from source

)

select * from renamed
