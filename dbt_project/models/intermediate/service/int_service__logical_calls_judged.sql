with

attempts as (

    select
        logical_call_key,
        origin,
        source,
        account,
        client_id,
        endpoint,
        outcome,
        attempt,
        called_at,
        call_key
    from {{ ref('int_service__api_calls_unioned') }}

),

attempts_ordered as (

    select
        logical_call_key,
        origin,
        source,
        account,
        client_id,
        endpoint,
        outcome,
        called_at,
        row_number() over (
            partition by logical_call_key
            order by attempt desc, called_at desc, call_key desc
        ) as position_from_end,
        count(*) over (partition by logical_call_key) as attempt_count,
        min(called_at) over (partition by logical_call_key) as first_called_at
    from attempts

),

final as (

    select
        logical_call_key,
        origin,
        source,
        account,
        client_id,
        endpoint,
        outcome,
        attempt_count,
        outcome = 'success' as is_success,
        outcome != 'unfinished' as is_valid,
        outcome in ('caller_error', 'auth_failure') as is_caller_fault,
        first_called_at,
        called_at as last_called_at
    from attempts_ordered
    where position_from_end = 1

)

select * from final
