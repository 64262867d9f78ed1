with

records as (

    select
        source,
        account,
        entity,
        customer_id,
        customer_key,
        match_method,
        match_probability,
        is_deleted,
        is_erased,
        first_known_at
    from {{ ref('int_identity__records_keyed') }}

),

final as (

    select
        source,
        account,
        entity,
        {{ masked_text('customer_id') }} as customer_id,
        {{ surrogate_key(['source', 'account', 'entity', 'customer_id']) }}
            as customer_record_key,
        customer_key,
        match_method,
        match_probability,
        is_deleted,
        is_erased,
        {{ local_date('first_known_at') }} as first_known_on,
        first_known_at
    from records

)

select * from final
