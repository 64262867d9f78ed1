with waves as (

    select
        campaign_key,
        wave,
        mailed_piece_count,
        window_starts_on
    from {{ ref('int_measurement__waves_dated') }}

),

run_context as (

    select
        headline_model,
        {{ local_date('as_of') }} as today_on
    from {{ ref('stg_matchback__run_context') }}

),

-- A day is observed when it has passed in the operator's local time.
waves_observed as (

    select
        waves.campaign_key,
        waves.wave,
        run_context.headline_model as model,
        waves.mailed_piece_count,
        greatest(0, {{ days_between('waves.window_starts_on', 'run_context.today_on') }}) as observed_days,
        waves.window_starts_on
    from waves
    cross join run_context
    where waves.mailed_piece_count > 0

)

select * from waves_observed
