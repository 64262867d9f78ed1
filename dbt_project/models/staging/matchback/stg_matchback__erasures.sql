with source as (

    select * from {{ source('raw_matchback', 'erasures') }}

),

renamed as (

    select
        erasure_id,
        known_at,
        actor,
        reason,
        record_key,
        source,
        account,
        entity,
        customer_id,
        customer_key
    from source

)

select * from renamed
