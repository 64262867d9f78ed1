{{ config(tags=['after_dbt']) }}

with

audit_log as (

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
    from {{ ref('stg_ledger__audit_log') }}

),

final as (

    select
        audit_id,
        {{ masked_text('actor') }} as actor,
        action,
        entity,
        entity_id,
        {{ masked_text('detail') }} as detail,
        previous_hash,
        hash,
        {{ local_date('happened_at') }} as happened_on,
        happened_at
    from audit_log

)

select * from final
