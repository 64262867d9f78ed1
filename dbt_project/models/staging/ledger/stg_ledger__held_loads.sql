with source as (

    select * from {{ source('raw_matchback', 'held_loads') }}

),

renamed as (

    select
        run_id,
        source,
        account,
        held_at,
        released_at,
        reason
    from source
    where held_at <= {{ as_of() }}

)

select * from renamed
