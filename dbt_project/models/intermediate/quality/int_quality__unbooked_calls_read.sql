with

servicetitan_calls as (

    select
        source,
        account,
        call_id,
        call_type
    from {{ ref('stg_servicetitan__calls') }}

),

final as (

    select
        source,
        account,
        call_id as touch_id
    from servicetitan_calls
    where call_type = 'unbooked'

)

select * from final
