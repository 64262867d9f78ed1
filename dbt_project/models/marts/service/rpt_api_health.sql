with

calls as (

    select
        call_key,
        logical_call_key,
        source,
        account,
        client_id,
        endpoint,
        error,
        outcome,
        attempt,
        status_code,
        latency_ms,
        called_on,
        called_at
    from {{ ref('fct_api_calls') }}

),

logical_calls as (

    select
        source,
        account,
        {{ masked_text('client_id') }} as client_id,
        endpoint,
        {{ local_date('first_called_at') }} as day_on,
        cast(count(*) filter (where is_valid) as bigint) as logical_calls,
        cast(count(*) filter (where is_success) as bigint) as successes,
        cast(count(*) filter (where is_caller_fault) as bigint) as caller_faults
    from {{ ref('int_service__logical_calls_judged') }}
    group by
        source,
        account,
        {{ masked_text('client_id') }},
        endpoint,
        {{ local_date('first_called_at') }}

),

call_days as (

    select
        source,
        account,
        client_id,
        endpoint,
        called_on as day_on,
        cast(count(*) as bigint) as calls,
        cast(count(*) filter (where status_code between 400 and 499) as bigint) as status_4xx,
        cast(count(*) filter (where status_code >= 500) as bigint) as status_5xx,
        cast(count(*) filter (where outcome = 'auth_failure') as bigint) as auth_failures,
        cast(count(*) filter (where attempt > 1) as bigint) as retries,
        cast(count(*) filter (where outcome = 'timeout') as bigint) as timeouts,
        quantile_disc(latency_ms, 0.5) as latency_ms_p50,
        quantile_disc(latency_ms, 0.95) as latency_ms_p95,
        arg_max(error, struct_pack(at := called_at, key := call_key))
            filter (where outcome not in ('success', 'unfinished')) as example_error,
        arg_max(call_key, struct_pack(at := called_at, key := call_key))
            filter (where outcome not in ('success', 'unfinished')) as example_call_key
    from calls
    group by
        source,
        account,
        client_id,
        endpoint,
        called_on

),

week_latencies as (

    select
        call_days.source,
        call_days.account,
        call_days.client_id,
        call_days.endpoint,
        call_days.day_on,
        quantile_disc(calls.latency_ms, 0.5) as latency_ms_p50_7d,
        quantile_disc(calls.latency_ms, 0.95) as latency_ms_p95_7d
    from call_days
    inner join calls
        on call_days.source = calls.source
        and call_days.account = calls.account
        and call_days.client_id = calls.client_id
        and call_days.endpoint = calls.endpoint
        and calls.called_on between {{ day_add('call_days.day_on', -6) }} and call_days.day_on
    group by
        call_days.source,
        call_days.account,
        call_days.client_id,
        call_days.endpoint,
        call_days.day_on

),

client_days as (

    select
        source,
        account,
        client_id,
        day_on,
        sum(auth_failures) / sum(calls) > 0.01 as is_client_flagged
    from call_days
    group by
        source,
        account,
        client_id,
        day_on

),

final as (

    select
        call_days.source,
        call_days.account,
        call_days.client_id,
        call_days.endpoint,
        call_days.example_error,
        call_days.example_call_key,
        call_days.calls,
        coalesce(logical_calls.logical_calls, 0) as logical_calls,
        logical_calls.successes / nullif(logical_calls.logical_calls, 0) as success_share,
        coalesce(logical_calls.logical_calls - logical_calls.successes, 0) as failed_logical_calls,
        coalesce(logical_calls.caller_faults, 0) as caller_faults,
        call_days.status_4xx,
        call_days.status_5xx,
        call_days.auth_failures,
        call_days.auth_failures / nullif(call_days.calls, 0) as auth_failure_share,
        call_days.retries,
        call_days.timeouts,
        call_days.latency_ms_p50,
        call_days.latency_ms_p95,
        week_latencies.latency_ms_p50_7d,
        week_latencies.latency_ms_p95_7d,
        row_number() over (
            partition by call_days.day_on
            order by
                coalesce(logical_calls.logical_calls - logical_calls.successes, 0) desc,
                call_days.source asc,
                call_days.account asc,
                call_days.client_id asc,
                call_days.endpoint asc
        ) as failure_rank,
        client_days.is_client_flagged,
        call_days.day_on
    from call_days
    inner join week_latencies
        on call_days.source = week_latencies.source
        and call_days.account = week_latencies.account
        and call_days.client_id = week_latencies.client_id
        and call_days.endpoint = week_latencies.endpoint
        and call_days.day_on = week_latencies.day_on
    inner join client_days
        on call_days.source = client_days.source
        and call_days.account = client_days.account
        and call_days.client_id = client_days.client_id
        and call_days.day_on = client_days.day_on
    left join logical_calls
        on call_days.source = logical_calls.source
        and call_days.account = logical_calls.account
        and call_days.client_id = logical_calls.client_id
        and call_days.endpoint = logical_calls.endpoint
        and call_days.day_on = logical_calls.day_on

)

select * from final
