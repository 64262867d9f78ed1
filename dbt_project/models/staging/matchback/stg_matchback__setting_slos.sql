with source as (

    select * from {{ source('raw_matchback', 'setting_slos') }}

),

renamed as (

    select
        slo,
        target,
        window_days,
        threshold
    from source

)

select * from renamed
