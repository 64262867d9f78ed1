with source as (

    select * from {{ source('raw_matchback', 'finding_log') }}

),

renamed as (

    select
        run_id,
        seen_at,
        finding_kind,
        finding_key,
        rule,
        severity,
        source,
        account,
        entity,
        entity_id,
        detail,
        event
    from source
    where seen_at <= {{ as_of() }}

)

select * from renamed
