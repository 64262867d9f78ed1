with

records as (

    select
        record_key,
        source,
        account,
        entity,
        customer_id,
        first_name,
        last_name,
        name,
        company,
        email,
        phone,
        phone_2,
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code,
        postal_code_4,
        customer_type,
        tax_id,
        do_not_mail,
        is_deleted,
        is_erased,
        created_at,
        updated_at,
        first_known_at,
        known_at
    from {{ ref('int_identity__records_collected') }}

),

linked as (

    select
        record_key,
        customer_key,
        household_key,
        match_method,
        match_probability
    from {{ ref('int_identity__customers_linked') }}

),

final as (

    select
        records.record_key,
        records.source,
        records.account,
        records.entity,
        records.customer_id,
        linked.customer_key,
        linked.household_key,
        linked.match_method,
        records.first_name,
        records.last_name,
        records.name,
        records.company,
        records.email,
        records.phone,
        records.phone_2,
        records.address_line_1,
        records.address_line_2,
        records.city,
        records.state,
        records.postal_code,
        records.postal_code_4,
        records.customer_type,
        records.tax_id,
        linked.match_probability,
        records.do_not_mail,
        records.is_deleted,
        records.is_erased,
        records.created_at,
        records.updated_at,
        records.first_known_at,
        records.known_at
    from records
    inner join linked
        on records.record_key = linked.record_key

)

select * from final
