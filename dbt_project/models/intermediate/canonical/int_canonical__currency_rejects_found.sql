with {{ unconvertible_rows() }}

rejects as (

    select
        source,
        account,
        table_name,
        record_id,
        'currency' as column_name,
        concat('is in ', currency_code, ' and settings give no rate for its date') as reason,
        known_at
    from unconvertible

)

select * from rejects
