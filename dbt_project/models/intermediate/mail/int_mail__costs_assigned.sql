with mail_costs as (

    select
        source,
        account,
        cost_id,
        mail_piece_source,
        mail_piece_account,
        mail_piece_id,
        campaign_source,
        campaign_account,
        campaign_id,
        wave,
        element,
        amount_cents
    from {{ ref('int_canonical__mail_costs_unioned') }}
    where not coalesce(is_deleted, false)

),

mail_orders as (

    select
        source,
        account,
        mail_order_id,
        campaign_source,
        campaign_account,
        campaign_id,
        wave,
        billed_cents
    from {{ ref('int_canonical__mail_orders_unioned') }}
    where
        not coalesce(is_deleted, false)
        and billed_cents is not null

),

campaign_references as (

    select
        source,
        account,
        campaign_id,
        campaign_key
    from {{ ref('int_campaigns__references_resolved') }}

),

mail_pieces as (

    select
        mail_piece_key,
        source,
        account,
        mail_order_id,
        campaign_key,
        wave
    from {{ ref('int_mail__pieces_keyed') }}

),

order_pieces as (

    select
        source,
        account,
        mail_order_id,
        min(campaign_key) as campaign_key,
        case when min(wave) = max(wave) then min(wave) end as wave,
        count(*) as piece_count
    from mail_pieces
    where mail_order_id is not null
    group by
        source,
        account,
        mail_order_id

),

costs_keyed as (

    select
        mail_pieces.mail_piece_key,
        cast(null as varchar) as mail_order_id,
        cast(null as varchar) as order_source,
        cast(null as varchar) as order_account,
        coalesce(mail_pieces.campaign_key, campaign_references.campaign_key) as campaign_key,
        coalesce(mail_pieces.wave, mail_costs.wave) as wave,
        mail_costs.element in ('print', 'postage') as is_production,
        mail_costs.amount_cents
    from mail_costs
    left join mail_pieces
        on {{ surrogate_key(['mail_costs.mail_piece_source', 'mail_costs.mail_piece_account', 'mail_costs.mail_piece_id']) }}
            = mail_pieces.mail_piece_key
        and mail_costs.mail_piece_id is not null
    left join campaign_references
        on mail_costs.campaign_source = campaign_references.source
        and mail_costs.campaign_account = campaign_references.account
        and mail_costs.campaign_id = campaign_references.campaign_id

),

-- Campaign and wave of the mailings whose printing or postage is known from cost rows.
produced_waves as (

    select
        campaign_key,
        wave
    from costs_keyed
    where
        is_production
        and campaign_key is not null
    group by
        campaign_key,
        wave

),

orders_keyed as (

    select
        case when order_pieces.piece_count > 0 then mail_orders.mail_order_id end as mail_order_id,
        mail_orders.source as order_source,
        mail_orders.account as order_account,
        coalesce(order_pieces.campaign_key, campaign_references.campaign_key) as campaign_key,
        coalesce(order_pieces.wave, mail_orders.wave) as wave,
        mail_orders.billed_cents
    from mail_orders
    left join order_pieces
        on mail_orders.source = order_pieces.source
        and mail_orders.account = order_pieces.account
        and mail_orders.mail_order_id = order_pieces.mail_order_id
    left join campaign_references
        on mail_orders.campaign_source = campaign_references.source
        and mail_orders.campaign_account = campaign_references.account
        and mail_orders.campaign_id = campaign_references.campaign_id

),

-- The vendor's bill counts where no cost row names printing or postage of that wave.
bills as (

    select
        cast(null as varchar) as mail_piece_key,
        orders_keyed.mail_order_id,
        orders_keyed.order_source,
        orders_keyed.order_account,
        orders_keyed.campaign_key,
        orders_keyed.wave,
        orders_keyed.billed_cents as amount_cents
    from orders_keyed
    left join produced_waves
        on orders_keyed.campaign_key = produced_waves.campaign_key
        and (
            produced_waves.wave is null
            or orders_keyed.wave is null
            or orders_keyed.wave = produced_waves.wave
        )
    where produced_waves.campaign_key is null

),

costs_unioned as (

    select
        'cost row' as basis,
        mail_piece_key,
        mail_order_id,
        order_source,
        order_account,
        campaign_key,
        wave,
        is_production,
        amount_cents
    from costs_keyed
    union all
    select
        'vendor bill' as basis,
        mail_piece_key,
        mail_order_id,
        order_source,
        order_account,
        campaign_key,
        wave,
        true as is_production,
        amount_cents
    from bills

),

costs_assigned as (

    select
        basis,
        mail_piece_key,
        mail_order_id,
        order_source,
        order_account,
        campaign_key,
        wave,
        is_production,
        cast(sum(amount_cents) as bigint) as amount_cents
    from costs_unioned
    group by
        basis,
        mail_piece_key,
        mail_order_id,
        order_source,
        order_account,
        campaign_key,
        wave,
        is_production

)

select * from costs_assigned
