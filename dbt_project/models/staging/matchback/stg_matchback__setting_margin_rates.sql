with source as (

    select * from {{ source('raw_matchback', 'setting_margin_rates') }}

),

renamed as (

    select
        job_class,
        margin_rate
    from source

)

select * from renamed
