with pcm as (

    select
        source,
        account,
        order_id as mail_order_id,
        campaign_id,
        wave,
        recipient_count as quantity_ordered,
        mail_on as promised_drop_on,
        ordered_at,
        is_deleted,
        updated_at,
        first_known_at,
        known_at
    from {{ ref('int_canonical__pcm_orders_read') }}

),

{{ canonical_union('mail_orders', vendors=['pcm']) }}
