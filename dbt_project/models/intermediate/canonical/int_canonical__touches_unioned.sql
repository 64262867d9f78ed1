with servicetitan as (

    select
        calls.source,
        calls.account,
        calls.call_id as touch_id,
        'call' as kind,
        calls.customer_id,
        calls.job_id,
        calls.job_number,
        calls.campaign_id,
        calls.from_phone as phone,
        calls.to_phone as tracking_phone,
        {{ duration_seconds('calls.duration') }} as call_seconds,
        calls.called_at as occurred_at,
        {{ version_columns('calls', 'coalesce(calls.is_active, true) = false') }}
    from {{ ref('stg_servicetitan__calls') }} as calls
    where coalesce(calls.direction, 'inbound') = 'inbound'

),

links as (

    select
        account,
        record_type,
        record_id,
        contact_id,
        job_number
    from {{ ref('int_canonical__hubspot_links_read') }}

),

hubspot as (

    select
        calls.source,
        calls.account,
        concat('call-', calls.call_id) as touch_id,
        'call' as kind,
        links.contact_id as customer_id,
        links.job_number,
        calls.from_phone as phone,
        calls.to_phone as tracking_phone,
        cast(round(calls.duration_ms / 1000.0, 0) as bigint) as call_seconds,
        calls.occurred_at,
        {{ version_columns('calls', 'coalesce(calls.is_archived, false)') }}
    from {{ ref('stg_hubspot__calls') }} as calls
    left join links
        on calls.account = links.account
        and links.record_type = 'calls'
        and calls.call_id = links.record_id
    where calls.direction = 'inbound'

),

pieces as (

    select
        account,
        recipient_id as external_reference,
        min(mail_piece_id) as mail_piece_id,
        min(campaign_id) as campaign_id
    from {{ ref('int_canonical__mail_pieces_unioned') }}
    where
        source = 'pcm'
        and recipient_id is not null
    group by
        account,
        recipient_id
    having count(*) = 1

),

pcm as (

    select
        scans.source,
        scans.account,
        concat('scan-', scans.record_id) as touch_id,
        'qr_scan' as kind,
        'direct_mail' as channel,
        pieces.mail_piece_id,
        pieces.campaign_id,
        scans.scanned_at as occurred_at,
        {{ version_columns('scans') }}
    from {{ ref('stg_pcm__qr_scans') }} as scans
    left join pieces
        on scans.account = pieces.account
        and scans.external_reference = pieces.external_reference

),

{{ canonical_union('touches', vendors=['servicetitan', 'hubspot', 'pcm']) }}
