{{ config(meta={'dagster': {'ref': {'name': 'rpt_restatements'}}}) }}
-- The causes of a wave's restated jobs and money sum to this build's figure less the earlier build's.
{% set measures = {'jobs': 'nano_share', 'net_revenue': 'net_cents', 'collected': 'collected_cents'} -%}
with previous_figures as (

    {% for measure, column in measures.items() -%}
    select
        '{{ measure }}' as measure,
        campaign_key,
        wave,
        model,
        window_label,
        sum({{ column }}) as figure
    from {{ ref('int_credit__previous_credits_kept') }}
    group by all
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
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
        cast(round(credit_share * 1000000000) as bigint) as nano_share,
        cast(net_revenue_amount * 100 as bigint) as net_cents,
        cast(collected_amount * 100 as bigint) as collected_cents
    from {{ ref('fct_job_credits') }}
    where campaign_key is not null

),

figures as (

    {% for measure, column in measures.items() -%}
    select
        '{{ measure }}' as measure,
        campaign_key,
        wave,
        model,
        window_label,
        sum({{ column }}) as figure
    from credits
    group by all
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

restatements as (

    select
        measure,
        campaign_key,
        wave,
        model,
        window_label,
        sum(case measure when 'jobs' then round(change_jobs * 1000000000) else change_amount * 100 end) as change
    from {{ ref('rpt_restatements') }}
    where
        measure in ('jobs', 'net_revenue', 'collected')
        and wave <> '(all)'
    group by all

),

differences as (

    select
        measure,
        campaign_key,
        wave,
        model,
        window_label,
        coalesce(figures.figure, 0) - coalesce(previous_figures.figure, 0) as change
    from figures
    full join previous_figures
        using (measure, campaign_key, wave, model, window_label)

)

select
    differences.measure,
    differences.campaign_key,
    differences.wave,
    differences.model,
    differences.window_label,
    differences.change,
    restatements.change as explained_change
from differences
cross join previous_waves
left join restatements
    using (measure, campaign_key, wave, model, window_label)
where
    previous_waves.wave_count > 0
    and abs(differences.change - coalesce(restatements.change, 0)) >= 1
