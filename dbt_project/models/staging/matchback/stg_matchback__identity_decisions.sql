with source as (

    select * from {{ source('raw_matchback', 'identity_decisions') }}

),

renamed as (

    select
        decision_number,
        known_at,
        actor,
        action,
        left_record_key,
        right_record_key,
        undoes_number,
        detail
    from source

)

select * from renamed
