with

calls as (

    select
        call_key,
        logical_call_key,
        origin,
        call_id,
        source,
        account,
        client_id,
        endpoint,
        method,
        trace_id,
        error,
        outcome,
        attempt,
        status_code,
        latency_ms,
        called_at
    from {{ ref('int_service__api_calls_unioned') }}

),

account_locations as (

    select
        source,
        account,
        location_key
    from {{ ref('int_operations__divisions_located') }}
    where division is null

),

final as (

    select
        calls.call_key,
        calls.logical_call_key,
        calls.origin,
        {{ masked_text('calls.call_id') }} as call_id,
        calls.source,
        calls.account,
        coalesce(account_locations.location_key, 'main') as location_key,
        {{ masked_text('calls.client_id') }} as client_id,
        calls.endpoint,
        calls.method,
        calls.trace_id,
        {{ masked_text('calls.error') }} as error,
        calls.outcome,
        calls.attempt,
        calls.status_code,
        calls.latency_ms,
        {{ local_date('calls.called_at') }} as called_on,
        calls.called_at
    from calls
    left join account_locations
        on calls.source = account_locations.source
        and calls.account = account_locations.account

)

select * from final
