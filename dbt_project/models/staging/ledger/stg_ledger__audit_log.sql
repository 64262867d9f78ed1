with source as (

    select * from {{ source('raw_matchback', 'audit_log') }}

),

renamed as (

    select
        audit_id,
        happened_at,
        actor,
        action,
        entity,
        entity_id,
        detail,
        previous_hash,
        hash
    from source
    where happened_at <= {{ as_of() }}

)

select * from renamed
