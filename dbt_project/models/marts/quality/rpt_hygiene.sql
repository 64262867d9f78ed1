with

findings as (

    select
        finding_key,
        rule,
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
        first_seen_at,
        last_seen_at,
        agreed_at
    from {{ ref('int_quality__findings_followed') }}
    where finding_kind = 'hygiene'

),

final as (

    select
        finding_key,
        rule,
        severity,
        owner,
        remedy,
        source,
        account,
        entity,
        entity_id,
        concat_ws('; ', 'expected ' || expected, 'found ' || observed, detail) as detail,
        agreed_at is null as is_open,
        {{ local_date('first_seen_at') }} as first_seen_on,
        {{ local_date('last_seen_at') }} as last_seen_on,
        {{ local_date('agreed_at') }} as resolved_on,
        first_seen_at,
        last_seen_at,
        agreed_at as resolved_at
    from findings

)

select * from final
