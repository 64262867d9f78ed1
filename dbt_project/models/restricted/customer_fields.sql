with

chosen_fields as (

    select
        customer_key,
        field_name,
        field_value,
        source,
        account,
        entity,
        customer_id,
        why_chosen,
        candidate_count,
        written_at
    from {{ ref('int_identity__customer_fields_chosen') }}

),

final as (

    select
        customer_key,
        field_name,
        field_value,
        source,
        account,
        entity,
        customer_id,
        why_chosen,
        candidate_count,
        written_at
    from chosen_fields

)

select * from final
