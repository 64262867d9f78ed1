with source as (

    select * from {{ source('raw_matchback', 'api_calls') }}

),

renamed as (

    select
        call_id,
        run_id,
        source,
        account,
        client_id,
        endpoint,
        method,
        called_at,
        logical_call_id,
        attempt,
        status_code,
        latency_ms,
        error,
        response_body,
        trace_id
    from source

)

select * from renamed
