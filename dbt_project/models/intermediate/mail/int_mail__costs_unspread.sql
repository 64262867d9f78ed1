with costs as (

    select
        mail_piece_key,
        mail_order_id,
        campaign_key,
        wave,
        amount_cents
    from {{ ref('int_mail__costs_assigned') }}
    where
        mail_piece_key is null
        and mail_order_id is null
        and campaign_key is not null

),

waves as (

    select
        campaign_key,
        wave
    from {{ ref('int_mail__pieces_keyed') }}
    where campaign_key is not null
    group by
        campaign_key,
        wave

),

campaigns as (

    select campaign_key
    from waves
    group by campaign_key

),

-- Costs of a campaign or wave that has no piece to hang them on stay with the campaign.
costs_unspread as (

    select
        costs.campaign_key,
        coalesce(costs.wave, '1') as wave,
        cast(sum(costs.amount_cents) as bigint) as cost_cents
    from costs
    left join waves
        on costs.campaign_key = waves.campaign_key
        and costs.wave = waves.wave
    left join campaigns
        on costs.campaign_key = campaigns.campaign_key
    where
        (costs.wave is not null and waves.campaign_key is null)
        or (costs.wave is null and campaigns.campaign_key is null)
    group by
        costs.campaign_key,
        coalesce(costs.wave, '1')

)

select * from costs_unspread
