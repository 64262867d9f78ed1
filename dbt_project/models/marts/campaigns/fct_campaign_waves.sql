-- The earlier build's figures are taken out before this table is rebuilt.
-- depends_on: {{ ref('int_credit__previous_credits_kept') }}
-- depends_on: {{ ref('int_credit__previous_jobs_kept') }}
-- depends_on: {{ ref('int_credit__previous_lines_kept') }}
-- depends_on: {{ ref('int_credit__previous_costs_kept') }}
with campaigns as (

    select
        campaign_key,
        account,
        location_key,
        channel,
        response_window_days,
        ended_on
    from {{ ref('dim_campaigns') }}

),

waves as (

    select
        campaign_key,
        wave,
        mailed_count,
        median_in_home_on,
        first_window_starts_on,
        last_in_home_on
    from {{ ref('int_mail__waves_summed') }}

),

costs as (

    select
        campaign_key,
        wave,
        cost_cents
    from {{ ref('int_campaigns__costs_unspread') }}

),

paths as (

    select
        campaign_key,
        coalesce(wave, '(none)') as wave
    from {{ ref('int_credit__paths_built') }}
    where campaign_key is not null
    group by
        campaign_key,
        coalesce(wave, '(none)')

),

pieces as (

    select
        campaign_key,
        wave
    from {{ ref('int_mail__pieces_keyed') }}
    where campaign_key is not null
    group by
        campaign_key,
        wave

),

members as (

    select
        campaign_key,
        wave
    from {{ ref('fct_campaign_members') }}
    group by
        campaign_key,
        wave

),

run_context as (

    select
        as_of,
        {{ local_date('as_of') }} as as_of_on
    from {{ ref('stg_matchback__run_context') }}

),

source_runs as (

    select
        runs.source,
        runs.account,
        arg_max(runs.is_complete, runs.started_at) as is_complete
    from {{ ref('stg_matchback__source_runs') }} as runs
    cross join run_context
    where runs.started_at <= run_context.as_of
    group by
        runs.source,
        runs.account,
        runs.entity

),

completeness as (

    select coalesce(min(is_complete), true) as is_data_complete
    from source_runs

),

piece_costs as (

    select
        keyed.campaign_key,
        keyed.wave,
        cast(sum(spread.cost_cents) as bigint) as cost_cents
    from {{ ref('int_mail__pieces_keyed') }} as keyed
    inner join {{ ref('int_mail__costs_spread') }} as spread
        on keyed.mail_piece_key = spread.mail_piece_key
    where keyed.campaign_key is not null
    group by
        keyed.campaign_key,
        keyed.wave

),

waves_named as (

    select
        campaign_key,
        wave
    from pieces
    union
    select
        campaign_key,
        wave
    from costs
    union
    select
        campaign_key,
        wave
    from paths
    union
    select
        campaign_key,
        wave
    from members

),

lone_campaigns as (

    select
        campaigns.campaign_key,
        '(none)' as wave
    from campaigns
    left join waves_named
        on campaigns.campaign_key = waves_named.campaign_key
    where waves_named.campaign_key is null

),

all_waves as (

    select
        campaign_key,
        wave
    from waves_named
    union all
    select
        campaign_key,
        wave
    from lone_campaigns

),

last_days as (

    select
        campaign_key,
        max(last_in_home_on) as last_in_home_on
    from waves
    group by campaign_key

),

waves_completed as (

    select
        all_waves.campaign_key,
        all_waves.wave,
        campaigns.account,
        campaigns.location_key,
        cast(coalesce(waves.mailed_count, 0) as bigint) as pieces_mailed,
        campaigns.response_window_days,
        {{ amount('costs.cost_cents') }} as unspread_cost_amount,
        {{ amount('piece_costs.cost_cents') }} as piece_cost_amount,
        completeness.is_data_complete,
        waves.median_in_home_on as in_home_on,
        waves.first_window_starts_on as window_starts_on,
        coalesce(waves.last_in_home_on, last_days.last_in_home_on, campaigns.ended_on) as last_in_home_on,
        run_context.as_of as as_of_at,
        run_context.as_of_on
    from all_waves
    cross join run_context
    cross join completeness
    inner join campaigns
        on all_waves.campaign_key = campaigns.campaign_key
    left join waves
        on all_waves.campaign_key = waves.campaign_key
        and all_waves.wave = waves.wave
    left join costs
        on all_waves.campaign_key = costs.campaign_key
        and all_waves.wave = costs.wave
    left join piece_costs
        on all_waves.campaign_key = piece_costs.campaign_key
        and all_waves.wave = piece_costs.wave
    left join last_days
        on all_waves.campaign_key = last_days.campaign_key

)

select * from waves_completed
