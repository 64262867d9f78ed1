{{ config(tags=['after_dbt']) }}

with

alert_log as (

    select
        alert_id,
        happened_at,
        rule,
        cause_key,
        severity,
        owner,
        channel,
        status,
        text,
        runbook,
        acknowledged_at,
        acknowledged_by
    from {{ ref('stg_ledger__alert_log') }}

),

final as (

    select
        alert_id,
        cast(null as varchar) as account,
        cast(null as varchar) as location_key,
        arg_max(rule, happened_at) as rule,
        arg_max(cause_key, happened_at) as cause_key,
        arg_max(severity, happened_at) as severity,
        arg_max(owner, happened_at) as owner,
        {{ masked_text('min_by(text, happened_at)') }} as text,
        min(runbook) as runbook,
        case
            when count(*) filter (where status = 'closed') > 0 then 'closed'
            when count(acknowledged_at) > 0 then 'acknowledged'
            else 'open'
        end as state,
        {{ masked_text('max(acknowledged_by)') }} as acknowledged_by,
        cast(count(*) filter (where status = 'sent') as bigint) as sent_count,
        cast(count(*) filter (where status = 'failed') as bigint) as failed_send_count,
        cast(count(*) filter (where status = 'escalated') as bigint) as escalation_count,
        {{ local_date('min(happened_at)') }} as raised_on,
        min(happened_at) as raised_at,
        max(acknowledged_at) as acknowledged_at,
        max(case when status = 'closed' then happened_at end) as closed_at
    from alert_log
    group by alert_id

)

select * from final
