with source as (

    select * from {{ source('raw_matchback', 'setting_campaign_aliases') }}

),

renamed as (

    select
        source,
        account,
        campaign_id,
        canonical_source,
        canonical_account,
        canonical_campaign_id
    from source

)

select * from renamed
