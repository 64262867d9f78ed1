{{ config(tags=['after_dbt']) }}

with

check_results as (

    select
        run_id,
        suite,
        table_name,
        expectation,
        severity,
        is_passed,
        checked_count,
        failed_count,
        checked_at
    from {{ ref('stg_ledger__check_results') }}

),

final as (

    select
        run_id,
        suite,
        table_name,
        expectation,
        severity,
        checked_count,
        failed_count,
        is_passed,
        checked_at
    from check_results

)

select * from final
