with source as (

    select * from {{ source('raw_matchback', 'setting_lead_source_overrides') }}

),

renamed as (

    select
        source,
        account,
        vendor_word,
        channel,
        campaign_id
    from source

)

select * from renamed
