{{ config(meta={'dagster': {'ref': {'name': 'rpt_restatements'}}}) }}
-- The causes of a wave's restated net revenue sum to this build's figure less the earlier build's.
with previous_credits as (

    select
        campaign_key,
        wave,
        model,
        window_label,
        sum(net_cents) as net_cents
    from {{ ref('int_credit__previous_credits_kept') }}
    group by
        campaign_key,
        wave,
        model,
        window_label

),

previous_waves as (

    select count(*) as wave_count
    from {{ ref('int_credit__previous_costs_kept') }}

),

credits as (

    select
        campaign_key,
        coalesce(wave, '(none)') as wave,
        model,
        window_label,
        sum(cast(net_revenue_amount * 100 as bigint)) as net_cents
    from {{ ref('fct_job_credits') }}
    where campaign_key is not null
    group by
        campaign_key,
        coalesce(wave, '(none)'),
        model,
        window_label

),

restatements as (

    select
        campaign_key,
        wave,
        model,
        window_label,
        sum(cast(change_amount * 100 as bigint)) as change_cents
    from {{ ref('rpt_restatements') }}
    where measure = 'net_revenue'
    group by
        campaign_key,
        wave,
        model,
        window_label

),

differences as (

    select
        coalesce(credits.campaign_key, previous_credits.campaign_key) as campaign_key,
        coalesce(credits.wave, previous_credits.wave) as wave,
        coalesce(credits.model, previous_credits.model) as model,
        coalesce(credits.window_label, previous_credits.window_label) as window_label,
        coalesce(credits.net_cents, 0) - coalesce(previous_credits.net_cents, 0) as change_cents
    from credits
    full join previous_credits
        on credits.campaign_key = previous_credits.campaign_key
        and credits.wave = previous_credits.wave
        and credits.model = previous_credits.model
        and credits.window_label = previous_credits.window_label

)

select
    differences.campaign_key,
    differences.wave,
    differences.model,
    differences.window_label,
    differences.change_cents,
    restatements.change_cents as explained_cents
from differences
cross join previous_waves
left join restatements
    on differences.campaign_key = restatements.campaign_key
    and differences.wave = restatements.wave
    and differences.model = restatements.model
    and differences.window_label = restatements.window_label
where
    previous_waves.wave_count > 0
    and differences.change_cents <> coalesce(restatements.change_cents, 0)
