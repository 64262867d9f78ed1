with source as (

    select * from {{ source('raw_matchback', 'setting_windows') }}

),

renamed as (

    select
        window_label,
        window_days
    from source

)

select * from renamed
