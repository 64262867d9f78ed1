with

detected as (

    select
        finding_key,
        finding_kind,
        rule,
        source,
        account,
        entity,
        entity_id,
        expected,
        observed,
        detail
    from {{ ref('int_quality__findings_detected') }}

),

remembered as (

    select
        finding_key,
        finding_kind,
        rule,
        source,
        account,
        entity,
        entity_id,
        words,
        is_open,
        opened_count,
        first_seen_at,
        last_opened_at,
        last_closed_at
    from {{ ref('int_quality__findings_remembered') }}

),

rules as (

    select
        rule,
        wire,
        severity,
        owner,
        remedy
    from {{ ref('seed_finding_rules') }}

),

wire_owners as (

    select
        wire,
        owner
    from {{ ref('stg_matchback__setting_wire_owners') }}

),

runs as (

    select as_of
    from {{ ref('stg_ledger__run_history') }}
    where
        outcome in ('published', 'held')
        and as_of < {{ as_of() }}

),

last_run as (

    select max(as_of) as as_of
    from runs

),

followed as (

    select
        coalesce(detected.finding_key, remembered.finding_key) as finding_key,
        coalesce(detected.finding_kind, remembered.finding_kind) as finding_kind,
        coalesce(detected.rule, remembered.rule) as rule,
        coalesce(detected.source, remembered.source) as source,
        coalesce(detected.account, remembered.account) as account,
        coalesce(detected.entity, remembered.entity) as entity,
        coalesce(detected.entity_id, remembered.entity_id) as entity_id,
        case
            when detected.finding_key is not null then detected.expected
            else {{ json_text('remembered.words', '$.expected') }}
        end as expected,
        case
            when detected.finding_key is not null then detected.observed
            else {{ json_text('remembered.words', '$.observed') }}
        end as observed,
        case
            when detected.finding_key is not null then detected.detail
            else {{ json_text('remembered.words', '$.detail') }}
        end as detail,
        detected.finding_key is not null as is_detected,
        case
            when detected.finding_key is not null and not coalesce(remembered.is_open, false)
                then 'opened'
            when detected.finding_key is null and remembered.is_open
                then 'closed'
        end as change,
        coalesce(remembered.opened_count, 0)
        + case
            when detected.finding_key is not null and not coalesce(remembered.is_open, false)
                then 1
            else 0
        end as opened_count,
        coalesce(remembered.first_seen_at, {{ as_of() }}) as first_seen_at,
        -- An earlier closing is forgotten once the finding is open again.
        case
            when detected.finding_key is not null then null
            when remembered.is_open then {{ as_of() }}
            else remembered.last_closed_at
        end as agreed_at,
        remembered.last_opened_at,
        last_run.as_of as last_run_at
    from detected
    full outer join remembered
        on detected.finding_key = remembered.finding_key
    cross join last_run

),

final as (

    select
        followed.finding_key,
        followed.finding_kind,
        followed.rule,
        rules.wire,
        coalesce(rules.severity, 'info') as severity,
        coalesce(wire_owners.owner, rules.owner) as owner,
        rules.remedy,
        followed.source,
        followed.account,
        followed.entity,
        followed.entity_id,
        followed.expected,
        followed.observed,
        followed.detail,
        followed.change,
        cast(followed.opened_count as bigint) as opened_count,
        followed.is_detected,
        followed.first_seen_at,
        case
            when followed.is_detected then {{ as_of() }}
            -- Seen for the last time by the run before the one that missed it.
            else greatest(
                followed.last_opened_at,
                (select max(runs.as_of) from runs where runs.as_of < followed.agreed_at)
            )
        end as last_seen_at,
        followed.agreed_at
    from followed
    left join rules
        on followed.rule = rules.rule
    left join wire_owners
        on rules.wire = wire_owners.wire

)

select * from final
