with costs as (

    select
        row_number() over (
            order by basis, mail_order_id, order_source, order_account, campaign_key, wave, is_production
        ) as cost_number,
        mail_piece_key,
        mail_order_id,
        order_source,
        order_account,
        campaign_key,
        wave,
        is_production,
        amount_cents
    from {{ ref('int_mail__costs_assigned') }}

),

keyed as (

    select
        mail_piece_key,
        source,
        account,
        mail_order_id,
        campaign_key,
        wave,
        mail_class
    from {{ ref('int_mail__pieces_keyed') }}

),

tracked as (

    select
        mail_piece_key,
        is_mailed,
        posted_on
    from {{ ref('int_mail__pieces_tracked') }}

),

campaigns as (

    select
        campaign_key,
        format
    from {{ ref('int_campaigns__described') }}

),

rate_card as (

    select
        source,
        mail_class,
        size,
        starts_on,
        ends_on,
        piece_cents
    from {{ ref('stg_matchback__setting_rate_card') }}

),

mail_pieces as (

    select
        keyed.mail_piece_key,
        keyed.source,
        keyed.account,
        keyed.mail_order_id,
        keyed.campaign_key,
        keyed.wave,
        keyed.mail_class,
        tracked.posted_on,
        tracked.is_mailed
        or count(*) filter (where tracked.is_mailed) over (partition by keyed.campaign_key, keyed.wave) = 0
            as is_charged
    from keyed
    inner join tracked
        on keyed.mail_piece_key = tracked.mail_piece_key

),

charged_pieces as (

    select
        mail_piece_key,
        source,
        account,
        mail_order_id,
        campaign_key,
        wave,
        mail_class,
        posted_on
    from mail_pieces
    where is_charged

),

cost_pieces as (

    select
        costs.cost_number,
        costs.amount_cents,
        costs.is_production,
        charged_pieces.mail_piece_key
    from costs
    inner join charged_pieces
        on costs.mail_order_id = charged_pieces.mail_order_id
        and costs.order_source = charged_pieces.source
        and costs.order_account = charged_pieces.account
    where
        costs.mail_piece_key is null
        and costs.mail_order_id is not null
    union all
    select
        costs.cost_number,
        costs.amount_cents,
        costs.is_production,
        charged_pieces.mail_piece_key
    from costs
    inner join charged_pieces
        on costs.campaign_key = charged_pieces.campaign_key
        and costs.wave = charged_pieces.wave
    where
        costs.mail_piece_key is null
        and costs.mail_order_id is null
        and costs.wave is not null
    union all
    select
        costs.cost_number,
        costs.amount_cents,
        costs.is_production,
        charged_pieces.mail_piece_key
    from costs
    inner join charged_pieces
        on costs.campaign_key = charged_pieces.campaign_key
    where
        costs.mail_piece_key is null
        and costs.mail_order_id is null
        and costs.wave is null
    union all
    select
        cost_number,
        amount_cents,
        is_production,
        mail_piece_key
    from costs
    where mail_piece_key is not null

),

cost_pieces_numbered as (

    select
        amount_cents,
        is_production,
        mail_piece_key,
        row_number() over (partition by cost_number, is_production order by mail_piece_key) as position,
        count(*) over (partition by cost_number, is_production) as piece_count
    from cost_pieces

),

-- Equal parts; the cents left over go one each to the first pieces by key.
parts as (

    select
        mail_piece_key,
        is_production,
        cast(
            sign(amount_cents) * (
                abs(amount_cents) // piece_count
                + case when position <= abs(amount_cents) % piece_count then 1 else 0 end
            ) as bigint
        ) as cost_cents
    from cost_pieces_numbered

),

parts_summed as (

    select
        mail_piece_key,
        cast(sum(cost_cents) as bigint) as cost_cents,
        max(is_production) as is_production
    from parts
    group by mail_piece_key

),

-- The rate card prices what neither a cost row nor a bill does; the size that matches beats the row for all.
prices as (

    select
        charged_pieces.mail_piece_key,
        charged_pieces.campaign_key,
        charged_pieces.wave,
        cast(
            arg_max(
                rate_card.piece_cents,
                struct_pack(
                    is_sized := rate_card.size is not null,
                    starts_on := coalesce(rate_card.starts_on, date '1900-01-01'),
                    piece_cents := rate_card.piece_cents
                )
            ) as decimal(18, 4)
        ) as piece_cents
    from charged_pieces
    left join parts_summed
        on charged_pieces.mail_piece_key = parts_summed.mail_piece_key
    left join campaigns
        on charged_pieces.campaign_key = campaigns.campaign_key
    inner join rate_card
        on charged_pieces.source = rate_card.source
        and charged_pieces.mail_class = coalesce(rate_card.mail_class, charged_pieces.mail_class)
        and charged_pieces.posted_on >= coalesce(rate_card.starts_on, date '1900-01-01')
        and charged_pieces.posted_on <= coalesce(rate_card.ends_on, date '9999-12-31')
        and (rate_card.size is null or lower(rate_card.size) = lower(campaigns.format))
    where not coalesce(parts_summed.is_production, false)
    group by
        charged_pieces.mail_piece_key,
        charged_pieces.campaign_key,
        charged_pieces.wave

),

-- Fractions of a cent add up over the wave: each piece takes the cents by which the running sum grew.
prices_rounded as (

    select
        mail_piece_key,
        cast(
            round(sum(piece_cents) over running, 0)
            - round(sum(piece_cents) over running - piece_cents, 0)
            as bigint
        ) as cost_cents
    from prices
    window running as (
        partition by campaign_key, wave
        order by mail_piece_key
        rows between unbounded preceding and current row
    )

),

costs_spread as (

    select
        mail_pieces.mail_piece_key,
        case
            when parts_summed.mail_piece_key is not null or prices_rounded.mail_piece_key is not null
                then coalesce(parts_summed.cost_cents, 0) + coalesce(prices_rounded.cost_cents, 0)
        end as cost_cents,
        case
            when prices_rounded.mail_piece_key is not null then 'rate card'
            when parts_summed.mail_piece_key is not null then 'cost'
        end as cost_basis
    from mail_pieces
    left join parts_summed
        on mail_pieces.mail_piece_key = parts_summed.mail_piece_key
    left join prices_rounded
        on mail_pieces.mail_piece_key = prices_rounded.mail_piece_key

)

select * from costs_spread
