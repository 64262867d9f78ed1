with source as (

    select * from {{ source('raw_matchback', 'source_runs') }}

),

renamed as (

    select
        run_id,
        source,
        account,
        entity,
        started_at,
        finished_at,
        read_count,
        landed_count,
        rejected_count,
        unchanged_count,
        tombstone_count,
        vendor_total_count,
        newest_record_at,
        is_complete,
        error
    from source

)

select * from renamed
