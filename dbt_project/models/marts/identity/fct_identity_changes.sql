-- depends_on: {{ ref('int_identity__customers_linked') }}
with

registry as (

    select
        run_id,
        known_at,
        record_key,
        source,
        account,
        entity,
        customer_id,
        from_customer_key,
        customer_key,
        reason,
        evidence,
        match_method,
        match_probability
    from {{ ref('stg_matchback__identity_registry') }}
    where known_at <= {{ as_of() }}

),

final as (

    select
        {{ surrogate_key(['record_key', 'known_at', 'customer_key']) }} as identity_change_key,
        run_id,
        source,
        account,
        entity,
        {{ masked_text('customer_id') }} as customer_id,
        record_key as customer_record_key,
        from_customer_key,
        customer_key as to_customer_key,
        reason,
        evidence,
        match_method,
        match_probability,
        {{ local_date('known_at') }} as changed_on,
        known_at as changed_at
    from registry
    where from_customer_key is distinct from customer_key

)

select * from final
