with

findings as (

    select
        finding_key,
        rule,
        wire,
        severity,
        owner,
        remedy,
        source,
        account,
        entity,
        entity_id,
        expected,
        observed,
        detail,
        opened_count,
        first_seen_at,
        last_seen_at,
        agreed_at
    from {{ ref('int_quality__findings_followed') }}
    where finding_kind = 'reconciliation'

),

human_actions as (

    select
        entity_id as discrepancy_key,
        actor,
        action,
        detail,
        happened_at,
        row_number() over (
            partition by entity_id
            order by happened_at desc, audit_id desc
        ) as position_from_end
    from {{ ref('stg_ledger__audit_log') }}
    where
        entity = 'discrepancy'
        and action in ('ack', 'resolve', 'reopen')

),

last_actions as (

    select
        discrepancy_key,
        actor,
        action,
        detail,
        happened_at
    from human_actions
    where position_from_end = 1

),

rereads as (

    select
        entity_id as discrepancy_key,
        max(happened_at) as reread_at,
        arg_max(detail, happened_at) as reread_outcome
    from {{ ref('stg_ledger__audit_log') }}
    where
        entity = 'discrepancy'
        and action = 'reread'
    group by entity_id

),

findings_settled as (

    select
        findings.*,
        rereads.reread_at,
        rereads.reread_outcome,
        last_actions.actor,
        last_actions.action,
        last_actions.detail as action_words,
        coalesce(
            findings.agreed_at,
            case when last_actions.action = 'resolve' then last_actions.happened_at end
        ) as resolved_at
    from findings
    left join last_actions
        on findings.finding_key = last_actions.discrepancy_key
    left join rereads
        on findings.finding_key = rereads.discrepancy_key

),

final as (

    select
        findings.finding_key as discrepancy_key,
        findings.wire,
        findings.rule as kind,
        findings.severity,
        findings.owner,
        findings.remedy,
        findings.source,
        findings.account,
        findings.entity,
        findings.entity_id,
        findings.expected,
        findings.observed,
        findings.detail,
        case
            when findings.agreed_at is not null then 'the data agree'
            when findings.action = 'resolve' then findings.action_words
        end as resolution,
        case
            when findings.agreed_at is not null then 'closed'
            when findings.action = 'resolve' then 'resolved'
            when findings.action = 'ack' then 'acknowledged'
            else 'open'
        end as state,
        findings.actor as acted_by,
        findings.opened_count,
        findings.reread_outcome,
        {{ local_date('findings.reread_at') }} as reread_on,
        {{ local_date('findings.first_seen_at') }} as first_seen_on,
        {{ local_date('findings.last_seen_at') }} as last_seen_on,
        {{ local_date('findings.resolved_at') }} as resolved_on,
        findings.first_seen_at,
        findings.last_seen_at,
        findings.resolved_at,
        findings.reread_at
    from findings_settled as findings

)

select * from final
