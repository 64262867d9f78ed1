with

incidents as (

    select
        incident_key,
        source,
        account,
        subject,
        cause,
        part_count,
        recovered_1h_count,
        recovered_24h_count,
        opened_at,
        recovered_at
    from {{ ref('int_service__incidents_found') }}

),

acknowledgements as (

    select
        cause_key,
        max(acknowledged_by) as acknowledged_by
    from {{ ref('fct_alerts') }}
    where acknowledged_by is not null
    group by cause_key

),

final as (

    select
        incidents.incident_key,
        incidents.source,
        incidents.account,
        incidents.subject,
        incidents.cause,
        acknowledgements.acknowledged_by,
        {{ seconds_between(
            'incidents.opened_at', 'coalesce(incidents.recovered_at, ' ~ as_of() ~ ')'
        ) }} / 60 as minutes,
        incidents.recovered_1h_count / incidents.part_count as recovered_share_1h,
        incidents.recovered_24h_count / incidents.part_count as recovered_share_24h,
        incidents.recovered_at is null as is_open,
        {{ local_date('incidents.opened_at') }} as opened_on,
        {{ local_date('incidents.recovered_at') }} as recovered_on,
        incidents.opened_at,
        incidents.recovered_at
    from incidents
    left join acknowledgements
        on 'incident:' || incidents.incident_key = acknowledgements.cause_key

)

select * from final
