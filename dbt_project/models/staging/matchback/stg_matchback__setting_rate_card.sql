with source as (

    select * from {{ source('raw_matchback', 'setting_rate_card') }}

),

renamed as (

    select
        source,
        mail_class,
        size,
        starts_on,
        ends_on,
        piece_cents
    from source

)

select * from renamed
