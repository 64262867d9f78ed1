with source as (

    select * from {{ source('raw_matchback', 'setting_wire_owners') }}

),

renamed as (

    select
        wire,
        owner
    from source

)

select * from renamed
