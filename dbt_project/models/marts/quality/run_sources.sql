{{ config(tags=['after_dbt']) }}

with

entities as (

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
        is_complete,
        started_at,
        finished_at,
        newest_record_at,
        last_complete_at
    from {{ ref('int_quality__source_entities_read') }}

),

held_loads as (

    select
        source,
        account,
        max(reason) as held_reason
    from {{ ref('stg_ledger__held_loads') }}
    where
        released_at is null
        or released_at > {{ as_of() }}
    group by
        source,
        account

),

accounts as (

    select
        source,
        account,
        arg_max(run_id, started_at) as run_id,
        min(error) as error,
        cast(sum(read_count) as bigint) as read_count,
        cast(sum(landed_count) as bigint) as landed_count,
        cast(sum(rejected_count) as bigint) as rejected_count,
        cast(sum(unchanged_count) as bigint) as unchanged_count,
        cast(sum(tombstone_count) as bigint) as tombstone_count,
        cast(count(*) as bigint) as entity_count,
        cast(count(*) filter (where not is_complete) as bigint) as incomplete_entity_count,
        bool_and(is_complete) as is_complete,
        min(started_at) as started_at,
        max(finished_at) as finished_at,
        max(newest_record_at) as newest_record_at,
        min(last_complete_at) as last_complete_at
    from entities
    group by
        source,
        account

),

final as (

    select
        accounts.run_id,
        accounts.source,
        accounts.account,
        {{ masked_text('accounts.error') }} as error,
        held_loads.held_reason,
        accounts.read_count,
        accounts.landed_count,
        accounts.rejected_count,
        accounts.unchanged_count,
        accounts.tombstone_count,
        accounts.entity_count,
        accounts.incomplete_entity_count,
        accounts.is_complete and held_loads.source is null as is_complete,
        accounts.started_at,
        accounts.finished_at,
        accounts.newest_record_at,
        accounts.last_complete_at
    from accounts
    left join held_loads
        on accounts.source = held_loads.source
        and accounts.account = held_loads.account

)

select * from final
