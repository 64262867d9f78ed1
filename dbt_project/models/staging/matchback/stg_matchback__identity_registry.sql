with source as (

    select * from {{ source('raw_matchback', 'identity_registry') }}

),

renamed as (

    select
        run_id,
        known_at,
        record_key,
        source,
        account,
        entity,
        customer_id,
        from_customer_key,
        customer_key,
        household_key,
        reason,
        evidence,
        match_method,
        match_probability,
        content_hash
    from source

)

select * from renamed
