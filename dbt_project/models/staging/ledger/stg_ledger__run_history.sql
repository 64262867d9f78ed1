with source as (

    select * from {{ source('raw_matchback', 'run_history') }}

),

renamed as (

    select
        run_id,
        as_of,
        started_at,
        finished_at,
        outcome,
        landed_count,
        rejected_count,
        unchanged_count,
        checks_passed,
        checks_warned,
        checks_failed,
        versions,
        warehouse_bytes
    from source
    where started_at <= {{ as_of() }}

)

select * from renamed
