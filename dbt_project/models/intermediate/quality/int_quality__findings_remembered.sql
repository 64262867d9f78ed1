with

finding_log as (

    select
        finding_key,
        finding_kind,
        rule,
        source,
        account,
        entity,
        entity_id,
        detail,
        event,
        seen_at
    from {{ ref('stg_ledger__finding_log') }}

),

final as (

    select
        finding_key,
        arg_max(finding_kind, seen_at) as finding_kind,
        arg_max(rule, seen_at) as rule,
        arg_max(source, seen_at) as source,
        arg_max(account, seen_at) as account,
        arg_max(entity, seen_at) as entity,
        arg_max(entity_id, seen_at) as entity_id,
        arg_max(detail, seen_at) filter (where event = 'opened') as words,
        arg_max(event, seen_at) = 'opened' as is_open,
        cast(count(*) filter (where event = 'opened') as bigint) as opened_count,
        min(seen_at) as first_seen_at,
        max(seen_at) filter (where event = 'opened') as last_opened_at,
        max(seen_at) filter (where event = 'closed') as last_closed_at
    from finding_log
    group by finding_key

)

select * from final
