{{ config(meta={'dagster': {'ref': {'name': 'fct_api_calls'}}}) }}
-- The attempts of all logical calls are all attempts.
with logical_calls as (

    select coalesce(sum(attempt_count), 0) as attempt_count
    from {{ ref('int_service__logical_calls_judged') }}

),

attempts as (

    select count(*) as attempt_count
    from {{ ref('fct_api_calls') }}

)

select
    logical_calls.attempt_count as logical_attempts,
    attempts.attempt_count as attempts
from logical_calls
cross join attempts
where logical_calls.attempt_count != attempts.attempt_count
