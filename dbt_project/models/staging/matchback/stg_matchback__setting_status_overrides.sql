with source as (

    select * from {{ source('raw_matchback', 'setting_status_overrides') }}

),

renamed as (

    select
        source,
        account,
        entity,
        vendor_word,
        canonical_word
    from source

)

select * from renamed
