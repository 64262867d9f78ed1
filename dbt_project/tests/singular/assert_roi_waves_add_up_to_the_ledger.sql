{{ config(meta={'dagster': {'ref': {'name': 'rpt_campaign_roi'}}}) }}
-- The waves of a campaign = its (all) rows = its credits in the ledger, for every model and window.
with waves as (

    select
        campaign_key,
        model,
        window_label,
        sum(case when wave = '(all)' then 0 else net_revenue_amount end) as wave_amount,
        sum(case when wave = '(all)' then net_revenue_amount else 0 end) as total_amount
    from {{ ref('rpt_campaign_roi') }}
    where cut = '(all)'
    group by
        campaign_key,
        model,
        window_label

),

credits as (

    select
        campaign_key,
        model,
        window_label,
        sum(credit_amount) as credit_amount
    from {{ ref('bridge_attribution_credits') }}
    where campaign_key is not null
    group by
        campaign_key,
        model,
        window_label

)

select
    waves.campaign_key,
    waves.model,
    waves.window_label,
    waves.wave_amount,
    waves.total_amount,
    credits.credit_amount
from waves
full join credits
    on waves.campaign_key = credits.campaign_key
    and waves.model = credits.model
    and waves.window_label = credits.window_label
where
    coalesce(waves.wave_amount, 0) <> coalesce(credits.credit_amount, 0)
    or coalesce(waves.total_amount, 0) <> coalesce(credits.credit_amount, 0)
