{{ config(tags=['after_dbt']) }}

with

run_context as (

    select
        run_id,
        as_of,
        started_at,
        time_zone,
        currency_code,
        headline_model,
        headline_window_label
    from {{ ref('stg_matchback__run_context') }}

),

run_history as (

    select
        run_id,
        finished_at,
        outcome,
        checks_passed,
        checks_warned,
        checks_failed,
        versions
    from {{ ref('stg_ledger__run_history') }}

),

landed as (

    select
        cast(sum(landed_count) as bigint) as landed_count,
        cast(sum(rejected_count) as bigint) as rejected_count,
        cast(sum(unchanged_count) as bigint) as unchanged_count
    from {{ ref('run_sources') }}

),

final as (

    select
        run_context.run_id,
        run_context.time_zone,
        run_context.currency_code,
        run_context.headline_model,
        run_context.headline_window_label,
        run_history.outcome,
        run_history.versions,
        coalesce(landed.landed_count, 0) as landed_count,
        coalesce(landed.rejected_count, 0) as rejected_count,
        coalesce(landed.unchanged_count, 0) as unchanged_count,
        run_history.checks_passed,
        run_history.checks_warned,
        run_history.checks_failed,
        run_context.as_of,
        run_context.started_at,
        run_history.finished_at
    from run_context
    cross join landed
    left join run_history
        on run_context.run_id = run_history.run_id

)

select * from final
