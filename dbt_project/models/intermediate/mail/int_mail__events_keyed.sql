with mail_events as (

    select
        source,
        account,
        event_id,
        mail_piece_id,
        event_type,
        vendor_event_type,
        return_reason,
        coalesce(is_facility_scan, false) as is_facility_scan,
        occurred_at,
        received_at,
        first_known_at
    from {{ ref('int_canonical__mail_events_unioned') }}
    where not coalesce(is_deleted, false)

),

mail_pieces as (

    select
        mail_piece_key,
        source,
        account,
        mail_piece_id
    from {{ ref('int_mail__pieces_keyed') }}

),

events_keyed as (

    select
        {{ surrogate_key(['mail_events.source', 'mail_events.account', 'mail_events.event_id']) }}
            as mail_event_key,
        mail_pieces.mail_piece_key,
        mail_events.source,
        mail_events.account,
        mail_events.event_id,
        mail_events.mail_piece_id,
        mail_events.event_type,
        mail_events.vendor_event_type,
        mail_events.return_reason,
        mail_events.is_facility_scan,
        mail_events.occurred_at,
        coalesce(mail_events.received_at, mail_events.first_known_at) as received_at
    from mail_events
    left join mail_pieces
        on mail_events.source = mail_pieces.source
        and mail_events.account = mail_pieces.account
        and mail_events.mail_piece_id = mail_pieces.mail_piece_id

)

select * from events_keyed
