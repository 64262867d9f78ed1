with

findings as (

    {% for model in [
        'int_quality__lead_wire_judged',
        'int_quality__booking_wire_judged',
        'int_quality__outcome_wire_judged',
        'int_quality__money_judged',
        'int_quality__mail_judged',
        'int_quality__records_judged',
        'int_quality__invoice_hygiene_judged',
        'int_quality__enrolments_judged'
    ] -%}
    select
        rule,
        source,
        account,
        entity,
        entity_id,
        expected,
        observed,
        detail
    from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

rules as (

    select
        finding_kind,
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

final as (

    select
        {{ surrogate_key([
            'findings.rule',
            'findings.source',
            'findings.account',
            'findings.entity',
            'findings.entity_id'
        ]) }} as finding_key,
        rules.finding_kind,
        findings.rule,
        rules.wire,
        rules.severity,
        coalesce(wire_owners.owner, rules.owner) as owner,
        rules.remedy,
        findings.source,
        findings.account,
        findings.entity,
        findings.entity_id,
        findings.expected,
        findings.observed,
        findings.detail
    from findings
    inner join rules
        on findings.rule = rules.rule
    left join wire_owners
        on rules.wire = wire_owners.wire

)

select * from final
