with

logical_calls as (

    select
        logical_call_key,
        source,
        account,
        endpoint,
        outcome,
        is_success,
        first_called_at,
        last_called_at
    from {{ ref('int_service__logical_calls_judged') }}
    where is_valid

),

-- A call the caller got wrong says nothing about the other side being up.
calls_numbered as (

    select
        source,
        account,
        endpoint,
        outcome,
        is_success,
        first_called_at,
        last_called_at,
        sum(cast(is_success as integer)) over (
            partition by source, account, endpoint
            order by first_called_at, logical_call_key
            rows between unbounded preceding and current row
        ) as success_number
    from logical_calls
    where outcome != 'caller_error'

),

failure_runs as (

    select
        source,
        account,
        endpoint,
        success_number,
        count(*) filter (where not is_success) as failure_count,
        min(first_called_at) filter (where not is_success) as opened_at,
        arg_min(outcome, first_called_at) filter (where not is_success) as outcome
    from calls_numbered
    group by
        source,
        account,
        endpoint,
        success_number

),

next_successes as (

    select
        source,
        account,
        endpoint,
        success_number - 1 as success_number,
        min(last_called_at) as recovered_at
    from calls_numbered
    where is_success
    group by
        source,
        account,
        endpoint,
        success_number

),

-- Three failures in a row are an outage; fewer are the daily weather of the net.
endpoint_incidents as (

    select
        failure_runs.source,
        failure_runs.account,
        failure_runs.endpoint as subject,
        failure_runs.outcome || ' on ' || failure_runs.endpoint as cause,
        failure_runs.opened_at,
        next_successes.recovered_at,
        1 as part_count,
        cast(next_successes.recovered_at <= {{ second_add('failure_runs.opened_at', '3600') }} as integer)
            as recovered_1h,
        cast(next_successes.recovered_at <= {{ second_add('failure_runs.opened_at', '86400') }} as integer)
            as recovered_24h
    from failure_runs
    left join next_successes
        on failure_runs.source = next_successes.source
        and failure_runs.account = next_successes.account
        and failure_runs.endpoint = next_successes.endpoint
        and failure_runs.success_number = next_successes.success_number
    where failure_runs.failure_count >= 3

),

source_runs as (

    select
        run_id,
        source,
        account,
        entity,
        error,
        is_complete,
        started_at,
        finished_at
    from {{ ref('stg_matchback__source_runs') }}
    where finished_at <= {{ as_of() }}

),

source_runs_numbered as (

    select
        source,
        account,
        entity,
        error,
        is_complete,
        finished_at,
        sum(cast(is_complete as integer)) over (
            partition by source, account, entity
            order by started_at, run_id
            rows between unbounded preceding and current row
        ) as complete_number
    from source_runs

),

entity_gaps as (

    select
        source,
        account,
        entity,
        complete_number,
        min(finished_at) as opened_at,
        min(error) as error
    from source_runs_numbered
    where not is_complete
    group by
        source,
        account,
        entity,
        complete_number

),

entity_recoveries as (

    select
        source,
        account,
        entity,
        complete_number - 1 as complete_number,
        min(finished_at) as recovered_at
    from source_runs_numbered
    where is_complete
    group by
        source,
        account,
        entity,
        complete_number

),

entity_outages as (

    select
        entity_gaps.source,
        entity_gaps.account,
        entity_gaps.entity,
        entity_gaps.error,
        entity_gaps.opened_at,
        entity_recoveries.recovered_at
    from entity_gaps
    left join entity_recoveries
        on entity_gaps.source = entity_recoveries.source
        and entity_gaps.account = entity_recoveries.account
        and entity_gaps.entity = entity_recoveries.entity
        and entity_gaps.complete_number = entity_recoveries.complete_number

),

-- Entities of one account that fail together are one incident: outages that overlap, joined.
outages_ordered as (

    select
        *,
        max(coalesce(recovered_at, {{ as_of() }})) over (
            partition by source, account
            order by opened_at, entity
            rows between unbounded preceding and 1 preceding
        ) as earlier_end_at
    from entity_outages

),

outages_grouped as (

    select
        *,
        sum(case when earlier_end_at is null or opened_at > earlier_end_at then 1 else 0 end) over (
            partition by source, account
            order by opened_at, entity
            rows between unbounded preceding and current row
        ) as incident_number
    from outages_ordered

),

source_incidents as (

    select
        source,
        account,
        '(source)' as subject,
        'source not read to its end' || coalesce(': ' || min(error), '') as cause,
        min(opened_at) as opened_at,
        case when count(*) = count(recovered_at) then max(recovered_at) end as recovered_at,
        count(*) as part_count,
        count(*) filter (where recovered_at <= {{ second_add('opened_at', '3600') }}) as recovered_1h,
        count(*) filter (where recovered_at <= {{ second_add('opened_at', '86400') }}) as recovered_24h
    from outages_grouped
    group by
        source,
        account,
        incident_number

),

incidents as (

    select * from endpoint_incidents
    union all
    select * from source_incidents

),

final as (

    select
        {{ surrogate_key(['source', 'account', 'subject', 'opened_at']) }} as incident_key,
        source,
        account,
        subject,
        cause,
        cast(part_count as bigint) as part_count,
        case
            when recovered_at is not null or opened_at <= {{ second_add(as_of(), '-3600') }}
                then cast(coalesce(recovered_1h, 0) as bigint)
        end as recovered_1h_count,
        case
            when recovered_at is not null or opened_at <= {{ second_add(as_of(), '-86400') }}
                then cast(coalesce(recovered_24h, 0) as bigint)
        end as recovered_24h_count,
        opened_at,
        recovered_at
    from incidents

)

select * from final
