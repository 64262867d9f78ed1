with mail_events as (

    select
        mail_event_key,
        mail_piece_key,
        source,
        account,
        event_id,
        event_type,
        vendor_event_type,
        return_reason,
        occurred_at,
        received_at
    from {{ ref('int_mail__events_keyed') }}

),

mail_pieces as (

    select
        mail_piece_key,
        location_key,
        campaign_key
    from {{ ref('int_mail__pieces_keyed') }}

),

mail_events_located as (

    select
        mail_events.mail_event_key,
        mail_events.mail_piece_key,
        mail_events.source,
        mail_events.account,
        coalesce(mail_pieces.location_key, 'main') as location_key,
        mail_pieces.campaign_key,
        mail_events.event_id,
        mail_events.event_type,
        mail_events.vendor_event_type,
        mail_events.return_reason,
        mail_events.occurred_at,
        mail_events.received_at,
        {{ local_date('mail_events.occurred_at') }} as occurred_on,
        {{ local_date('mail_events.received_at') }} as received_on
    from mail_events
    left join mail_pieces
        on mail_events.mail_piece_key = mail_pieces.mail_piece_key

)

select * from mail_events_located
