with

own_calls as (

    select
        call_id,
        source,
        account,
        client_id,
        endpoint,
        method,
        logical_call_id,
        trace_id,
        error,
        attempt,
        status_code,
        cast(latency_ms as double) as latency_ms,
        called_at
    from {{ ref('stg_matchback__api_calls') }}
    where called_at <= {{ as_of() }}

),

imported_calls as (

    select
        call_id,
        source,
        account,
        client_id,
        endpoint,
        method,
        logical_call_id,
        trace_id,
        error,
        attempt,
        status_code,
        cast(latency_ms as double) as latency_ms,
        called_at
    from {{ ref('int_canonical__api_calls_unioned') }}
    where not is_deleted

),

calls as (

    select
        *,
        'own' as origin
    from own_calls
    union all
    select
        *,
        'imported' as origin
    from imported_calls

),

final as (

    select
        {{ surrogate_key(['origin', 'source', 'account', 'call_id']) }} as call_key,
        {{ surrogate_key(['origin', 'source', 'account', 'coalesce(logical_call_id, call_id)']) }}
            as logical_call_key,
        origin,
        call_id,
        source,
        account,
        coalesce(client_id, '(none)') as client_id,
        endpoint,
        method,
        logical_call_id,
        trace_id,
        error,
        case
            when status_code between 200 and 299 then 'success'
            when status_code in (401, 403) then 'auth_failure'
            when status_code = 429 then 'throttled'
            when status_code = 408 then 'timeout'
            when status_code >= 500 then 'server_error'
            when status_code is not null then 'caller_error'
            when regexp_matches(lower(error), 'time.?out|timed out') then 'timeout'
            when error is not null then 'connection_failure'
            else 'unfinished'
        end as outcome,
        coalesce(attempt, 1) as attempt,
        status_code,
        latency_ms,
        called_at
    from calls

)

select * from final
