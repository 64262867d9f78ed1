{{ config(meta={'dagster': {'ref': {'name': 'rpt_campaign_summary'}}}) }}
-- Campaign by campaign: the summary's net revenue = the headline credits of the ledger, to the cent.
with summaries as (

    select
        campaign_key,
        sum(net_revenue_amount) as net_revenue_amount
    from {{ ref('rpt_campaign_summary') }}
    group by campaign_key

),

credits as (

    select
        campaign_key,
        sum(credit_amount) as credit_amount
    from {{ ref('bridge_attribution_credits') }}
    where
        is_headline
        and campaign_key is not null
    group by campaign_key

)

select
    coalesce(summaries.campaign_key, credits.campaign_key) as campaign_key,
    summaries.net_revenue_amount,
    credits.credit_amount
from summaries
full join credits
    on summaries.campaign_key = credits.campaign_key
where coalesce(summaries.net_revenue_amount, 0) <> coalesce(credits.credit_amount, 0)
