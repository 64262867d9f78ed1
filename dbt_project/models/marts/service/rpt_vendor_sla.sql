with

pieces as (

    select
        mail_piece_key,
        source,
        status,
        is_in_home_estimated,
        {{ local_date('queued_at') }} as queued_on,
        {{ local_date('sent_at') }} as sent_on,
        in_home_on
    from {{ ref('fct_mail_pieces') }}

),

scanned_pieces as (

    select mail_piece_key
    from {{ ref('fct_mail_events') }}
    where event_type in ('in_local_area', 'delivered', 'returned', 'sent')
    group by mail_piece_key

),

piece_orders as (

    select
        {{ surrogate_key(['source', 'account', 'mail_piece_id']) }} as mail_piece_key,
        campaign_source,
        campaign_account,
        campaign_id,
        coalesce(wave, '1') as wave
    from {{ ref('int_canonical__mail_pieces_unioned') }}
    where not is_deleted

),

mail_orders as (

    select
        source,
        account,
        mail_order_id,
        campaign_source,
        campaign_account,
        campaign_id,
        coalesce(wave, '1') as wave,
        quantity_billed,
        promised_drop_on,
        {{ local_date('ordered_at') }} as ordered_on
    from {{ ref('int_canonical__mail_orders_unioned') }}
    where not is_deleted

),

waves as (

    select
        piece_orders.campaign_source,
        piece_orders.campaign_account,
        piece_orders.campaign_id,
        piece_orders.wave,
        min(pieces.sent_on) as first_sent_on,
        count(scanned_pieces.mail_piece_key) as scanned_count
    from piece_orders
    inner join pieces
        on piece_orders.mail_piece_key = pieces.mail_piece_key
    left join scanned_pieces
        on piece_orders.mail_piece_key = scanned_pieces.mail_piece_key
    group by
        piece_orders.campaign_source,
        piece_orders.campaign_account,
        piece_orders.campaign_id,
        piece_orders.wave

),

orders_followed as (

    select
        mail_orders.source,
        {{ month_start('coalesce(mail_orders.ordered_on, mail_orders.promised_drop_on)') }} as month_on,
        {{ days_between('mail_orders.ordered_on', 'waves.first_sent_on') }} as order_to_mail_days,
        -- An order whose pieces are not known one by one (saturation mail) cannot be judged.
        case
            when waves.wave is not null
                then coalesce(waves.first_sent_on, {{ local_date(as_of()) }}) > mail_orders.promised_drop_on
        end as is_drop_missed,
        case
            when waves.wave is not null
                then greatest(mail_orders.quantity_billed - waves.scanned_count, 0)
        end as billed_not_scanned
    from mail_orders
    left join waves
        on mail_orders.campaign_source = waves.campaign_source
        and mail_orders.campaign_account = waves.campaign_account
        and mail_orders.campaign_id = waves.campaign_id
        and mail_orders.wave = waves.wave

),

order_months as (

    select
        source,
        month_on,
        quantile_disc(order_to_mail_days, 0.5) as order_to_mail_days_p50,
        count(*) as orders,
        count(*) filter (where is_drop_missed) as missed_drops,
        sum(billed_not_scanned) as billed_not_scanned
    from orders_followed
    where month_on is not null
    group by
        source,
        month_on

),

piece_months as (

    select
        source,
        {{ month_start('sent_on') }} as month_on,
        quantile_disc({{ days_between('queued_on', 'sent_on') }}, 0.5) as queue_to_mail_days_p50,
        quantile_disc({{ days_between('sent_on', 'in_home_on') }}, 0.5)
            filter (where not is_in_home_estimated) as mail_to_in_home_days_p50,
        count(*) as pieces_mailed,
        count(*) filter (where status = 'Returned') as pieces_returned
    from pieces
    where sent_on is not null
    group by
        source,
        {{ month_start('sent_on') }}

),

final as (

    select
        coalesce(piece_months.source, order_months.source) as source,
        cast(coalesce(order_months.order_to_mail_days_p50, piece_months.queue_to_mail_days_p50) as double)
            as order_to_mail_days_p50,
        cast(piece_months.mail_to_in_home_days_p50 as double) as mail_to_in_home_days_p50,
        cast(coalesce(order_months.orders, 0) as bigint) as orders,
        cast(order_months.missed_drops as bigint) as missed_drops,
        cast(coalesce(piece_months.pieces_mailed, 0) as bigint) as pieces_mailed,
        cast(coalesce(piece_months.pieces_returned, 0) as bigint) as pieces_returned,
        piece_months.pieces_returned / nullif(piece_months.pieces_mailed, 0) as return_share,
        cast(order_months.billed_not_scanned as bigint) as billed_not_scanned,
        coalesce(piece_months.month_on, order_months.month_on) as month_on
    from piece_months
    full outer join order_months
        on piece_months.source = order_months.source
        and piece_months.month_on = order_months.month_on

)

select * from final
