with pieces as (

    select
        account,
        mail_piece_id,
        recipient_id as external_reference,
        mail_order_id as order_id,
        status = 'Failed' as is_failed
    from {{ ref('int_canonical__mail_pieces_unioned') }}
    where source = 'pcm'

),

-- A reference that two recipients of an order share names neither of them.
pieces_by_order as (

    select
        account,
        order_id,
        external_reference,
        min(mail_piece_id) as mail_piece_id
    from pieces
    where external_reference is not null
    group by
        account,
        order_id,
        external_reference
    having count(*) = 1

),

orders as (

    select
        account,
        order_id,
        batch_id
    from {{ ref('int_canonical__pcm_orders_read') }}

),

orders_tracked as (

    select
        account,
        order_id
    from {{ ref('stg_pcm__mail_tracking') }}
    where not is_deleted
    group by
        account,
        order_id

),

-- A state of a batch holds for its pieces; its first version with that state tells when.
batch_states as (

    select
        account,
        batch_id,
        status,
        min(updated_at) as occurred_at,
        min(known_at) as received_at
    from {{ ref('stg_pcm__batch_versions') }}
    where
        status is not null
        and not is_deleted
        and {{ normalised_word('status') }} not in ('undeliverable', 'failed')
    group by
        account,
        batch_id,
        status

),

from_batches as (

    select
        'pcm' as source,
        orders.account,
        concat('batch:', batch_states.batch_id, ':', batch_states.status, ':', pieces.mail_piece_id) as event_id,
        pieces.mail_piece_id,
        batch_states.status as event_type,
        cast(null as varchar) as return_reason,
        cast(null as varchar) as detail,
        coalesce(batch_states.occurred_at, batch_states.received_at) as occurred_at,
        batch_states.received_at,
        false as is_deleted,
        cast(null as timestamp with time zone) as updated_at,
        batch_states.received_at as first_known_at,
        batch_states.received_at as known_at
    from batch_states
    inner join orders
        on batch_states.account = orders.account
        and batch_states.batch_id = orders.batch_id
    inner join pieces
        on orders.account = pieces.account
        and orders.order_id = pieces.order_id
    left join orders_tracked
        on orders.account = orders_tracked.account
        and orders.order_id = orders_tracked.order_id
    where
        -- Undeliverable pieces are never printed, and scans of pieces say more than their batch.
        not (
            coalesce(pieces.is_failed, false)
            and {{ normalised_word('batch_states.status') }} in ('mailing', 'delivered', 'complete')
        )
        and not (
            orders_tracked.order_id is not null
            and {{ normalised_word('batch_states.status') }} in ('delivered', 'complete')
        )

),

-- Order states carry no time of their own: what counts is when we first saw them.
order_states as (

    select
        account,
        order_id,
        status,
        min(coalesce(updated_at, known_at)) as occurred_at,
        min(known_at) as received_at
    from {{ ref('stg_pcm__order_versions') }}
    where
        status is not null
        and not is_deleted
        and {{ normalised_word('status') }} in ('canceled', 'cancelled')
    group by
        account,
        order_id,
        status

),

from_orders as (

    select
        'pcm' as source,
        order_states.account,
        concat('order:', order_states.order_id, ':', order_states.status, ':', pieces.mail_piece_id) as event_id,
        pieces.mail_piece_id,
        order_states.status as event_type,
        cast(null as varchar) as return_reason,
        cast(null as varchar) as detail,
        order_states.occurred_at,
        order_states.received_at,
        false as is_deleted,
        cast(null as timestamp with time zone) as updated_at,
        order_states.received_at as first_known_at,
        order_states.received_at as known_at
    from order_states
    inner join pieces
        on order_states.account = pieces.account
        and order_states.order_id = pieces.order_id

),

from_tracking as (

    select
        tracking.source,
        tracking.account,
        concat('tracking:', tracking.record_id) as event_id,
        pieces_by_order.mail_piece_id,
        tracking.status as event_type,
        case when {{ normalised_word('tracking.status') }} like 'returned%' then tracking.detail end as return_reason,
        coalesce(tracking.detail, tracking.facility) as detail,
        tracking.occurred_at,
        tracking.first_known_at as received_at,
        tracking.is_deleted,
        tracking.updated_at,
        tracking.first_known_at,
        tracking.known_at
    from {{ ref('stg_pcm__mail_tracking') }} as tracking
    inner join pieces_by_order
        on tracking.account = pieces_by_order.account
        and tracking.order_id = pieces_by_order.order_id
        and tracking.external_reference = pieces_by_order.external_reference
    where tracking.status is not null

),

from_undeliverables as (

    select
        undeliverables.source,
        undeliverables.account,
        concat('undeliverable:', undeliverables.record_id) as event_id,
        pieces_by_order.mail_piece_id,
        'Undeliverable' as event_type,
        undeliverables.reason as return_reason,
        undeliverables.reason as detail,
        undeliverables.occurred_at,
        undeliverables.first_known_at as received_at,
        undeliverables.is_deleted,
        undeliverables.updated_at,
        undeliverables.first_known_at,
        undeliverables.known_at
    from {{ ref('stg_pcm__undeliverables') }} as undeliverables
    inner join pieces_by_order
        on undeliverables.account = pieces_by_order.account
        and undeliverables.order_id = pieces_by_order.order_id
        and undeliverables.external_reference = pieces_by_order.external_reference

),

pieces_by_reference as (

    select
        account,
        external_reference,
        min(mail_piece_id) as mail_piece_id
    from pieces
    group by
        account,
        external_reference
    having count(*) = 1

),

from_scans as (

    select
        scans.source,
        scans.account,
        concat('scan:', scans.record_id) as event_id,
        pieces_by_reference.mail_piece_id,
        'QR Code Scan' as event_type,
        cast(null as varchar) as return_reason,
        scans.qr_code_id as detail,
        scans.scanned_at as occurred_at,
        scans.first_known_at as received_at,
        scans.is_deleted,
        scans.updated_at,
        scans.first_known_at,
        scans.known_at
    from {{ ref('stg_pcm__qr_scans') }} as scans
    inner join pieces_by_reference
        on scans.account = pieces_by_reference.account
        and scans.external_reference = pieces_by_reference.external_reference

),

told as (

    select * from from_batches
    union all
    select * from from_orders
    union all
    select * from from_tracking
    union all
    select * from from_undeliverables
    union all
    select * from from_scans

),

-- "Delivered" means scanned at the last postal facility here, not in the mailbox.
pcm as (

    select
        told.*,
        {{ normalised_word('event_type') }} in ('delivered', 'complete') as is_facility_scan
    from told

),

{{ canonical_union('mail_events', vendors=['pcm']) }}
