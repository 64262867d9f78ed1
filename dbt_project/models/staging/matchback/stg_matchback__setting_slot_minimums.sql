with source as (

    select * from {{ source('raw_matchback', 'setting_slot_minimums') }}

),

renamed as (

    select
        job_class,
        minimum_hours
    from source

)

select * from renamed
