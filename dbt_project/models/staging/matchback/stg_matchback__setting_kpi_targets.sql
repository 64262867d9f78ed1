with source as (

    select * from {{ source('raw_matchback', 'setting_kpi_targets') }}

),

renamed as (

    select
        kpi,
        target,
        direction
    from source

)

select * from renamed
