with source as (

    select * from {{ source('raw_matchback', 'rejects') }}

),

renamed as (

    select
        run_id,
        source,
        account,
        table_name,
        location,
        column_name,
        reason,
        record_text,
        rejected_at
    from source

)

select * from renamed
