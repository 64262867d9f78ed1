with source as (

    select * from {{ source('raw_matchback', 'alert_log') }}

),

renamed as (

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
    from source
    where happened_at <= {{ as_of() }}

)

select * from renamed
