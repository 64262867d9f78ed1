with

source_runs as (

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
    from {{ ref('stg_matchback__source_runs') }}
    where started_at <= {{ as_of() }}

),

source_runs_ordered as (

    select
        *,
        row_number() over (
            partition by source, account, entity
            order by started_at desc, run_id desc
        ) as position_from_end,
        max(case when is_complete then finished_at end) over (
            partition by source, account, entity
        ) as last_complete_at
    from source_runs

),

final as (

    select
        run_id,
        source,
        account,
        entity,
        error,
        read_count,
        landed_count,
        rejected_count,
        unchanged_count,
        tombstone_count,
        vendor_total_count,
        is_complete,
        started_at,
        finished_at,
        newest_record_at,
        last_complete_at
    from source_runs_ordered
    where position_from_end = 1

)

select * from final
