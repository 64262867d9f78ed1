with source as (

    select * from {{ source('raw_matchback', 'setting_code_fields') }}

),

renamed as (

    select
        source,
        account,
        entity,
        field_name
    from source

)

select * from renamed
