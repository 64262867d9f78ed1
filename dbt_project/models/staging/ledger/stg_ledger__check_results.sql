with source as (

    select * from {{ source('raw_matchback', 'check_results') }}

),

renamed as (

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
    from source
    where checked_at <= {{ as_of() }}

)

select * from renamed
