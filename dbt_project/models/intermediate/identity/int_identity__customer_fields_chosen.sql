with

records as (

    select
        record_key,
        source,
        account,
        entity,
        customer_id,
        customer_key,
        household_key,
        coalesce(
            nullif(
                trim(name),
                ''
            ),
            nullif(
                trim(concat_ws(' ', first_name, last_name)),
                ''
            )
        ) as name,
        company,
        lower(trim(email)) as email,
        phone,
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code,
        customer_type,
        tax_id,
        coalesce(updated_at, created_at, first_known_at) as written_at
    from {{ ref('int_identity__records_keyed') }}
    where not is_erased

),

addresses as (

    select
        address_id,
        household_key
    from {{ ref('int_identity__addresses_resolved') }}

),

field_trust as (

    select
        field_name,
        source,
        trust_rank
    from {{ ref('identity_field_trust') }}

),

field_values as (

    {% for field in ['name', 'company', 'email', 'phone', 'customer_type', 'tax_id'] -%}
    select
        record_key,
        source,
        account,
        entity,
        customer_id,
        customer_key,
        '{{ field }}' as field_name,
        {{ field }} as field_value,
        cast(null as varchar) as address_line_1,
        cast(null as varchar) as address_line_2,
        cast(null as varchar) as city,
        cast(null as varchar) as state,
        cast(null as varchar) as postal_code,
        true as is_at_home,
        written_at
    from records
    where nullif(trim({{ field }}), '') is not null

    union all

    {% endfor -%}
    select
        records.record_key,
        records.source,
        records.account,
        records.entity,
        records.customer_id,
        records.customer_key,
        'address' as field_name,
        concat_ws(
            ', ',
            records.address_line_1,
            records.address_line_2,
            records.city,
            concat_ws(' ', records.state, records.postal_code)
        ) as field_value,
        records.address_line_1,
        records.address_line_2,
        records.city,
        records.state,
        records.postal_code,
        coalesce(addresses.household_key = records.household_key, false) as is_at_home,
        records.written_at
    from records
    left join addresses
        on {{ surrogate_key([
            'records.address_line_1',
            'records.address_line_2',
            'records.city',
            'records.state',
            'records.postal_code'
        ]) }} = addresses.address_id
    where coalesce(records.address_line_1, records.postal_code, records.city) is not null

),

ranked as (

    select
        field_values.record_key,
        field_values.source,
        field_values.account,
        field_values.entity,
        field_values.customer_id,
        field_values.customer_key,
        field_values.field_name,
        field_values.field_value,
        field_values.address_line_1,
        field_values.address_line_2,
        field_values.city,
        field_values.state,
        field_values.postal_code,
        field_values.is_at_home,
        field_values.written_at,
        coalesce(
            case when field_values.entity = 'recipient' then 9 end,
            field_trust.trust_rank,
            4
        ) as trust_rank,
        count(*) over (
            partition by
                field_values.customer_key,
                field_values.field_name
        ) as candidate_count
    from field_values
    left join field_trust
        on field_values.field_name = field_trust.field_name
        and field_values.source = field_trust.source

),

-- The order is the rule: at the household's address, trusted source, newest, most complete.
final as (

    select
        customer_key,
        field_name,
        record_key,
        source,
        account,
        entity,
        customer_id,
        field_value,
        address_line_1,
        address_line_2,
        city,
        state,
        postal_code,
        case
            when candidate_count = 1
                then 'only value'
            when field_name = 'address'
                then concat('at the household, trust rank ', trust_rank, ', newest, most complete')
            else concat('trust rank ', trust_rank, ', newest, most complete')
        end as why_chosen,
        candidate_count,
        written_at
    from ranked
    qualify row_number() over (
        partition by
            customer_key,
            field_name
        order by
            is_at_home desc,
            trust_rank,
            written_at desc nulls last,
            length(field_value) desc,
            record_key
    ) = 1

)

select * from final
