with

customers as (

    select
        source,
        account,
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
        created_at,
        updated_at,
        first_known_at,
        known_at
    from {{ ref('int_canonical__customers_unioned') }}

),

mail_pieces as (

    select
        source,
        account,
        mail_piece_id,
        recipient_id,
        customer_source,
        customer_account,
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
        is_deleted,
        created_at,
        updated_at,
        first_known_at,
        known_at
    from {{ ref('int_canonical__mail_pieces_unioned') }}

),

campaign_members as (

    select
        source,
        account,
        member_id,
        recipient_id,
        customer_source,
        customer_account,
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
        is_deleted,
        assigned_at,
        updated_at,
        first_known_at,
        known_at
    from {{ ref('int_canonical__campaign_members_unioned') }}

),

run_context as (

    select as_of
    from {{ ref('stg_matchback__run_context') }}

),

merges as (

    select
        source,
        account,
        customer_id,
        merged_into_id
    from {{ ref('int_canonical__customer_merges_unioned') }}
    where entity = 'customer'
    qualify row_number() over (
        partition by source, account, customer_id
        order by known_at desc, merged_into_id
    ) = 1

),

erasures as (

    select
        told.source,
        told.account,
        told.entity,
        told.customer_id
    from {{ ref('stg_matchback__erasures') }} as told
    cross join run_context
    where told.known_at <= run_context.as_of
    group by
        told.source,
        told.account,
        told.entity,
        told.customer_id

),

recipient_versions as (

    select
        source,
        account,
        coalesce(recipient_id, mail_piece_id) as customer_id,
        customer_source as declared_source,
        customer_account as declared_account,
        customer_id as declared_customer_id,
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
        is_deleted,
        created_at,
        updated_at,
        first_known_at,
        known_at,
        mail_piece_id as version_id
    from mail_pieces

    union all

    select
        source,
        account,
        coalesce(recipient_id, member_id) as customer_id,
        customer_source as declared_source,
        customer_account as declared_account,
        customer_id as declared_customer_id,
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
        is_deleted,
        assigned_at as created_at,
        updated_at,
        first_known_at,
        known_at,
        member_id as version_id
    from campaign_members

),

recipients as (

    select
        source,
        account,
        customer_id,
        declared_source,
        declared_account,
        declared_customer_id,
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
        is_deleted,
        min(created_at) over (
            partition by source, account, customer_id
        ) as created_at,
        updated_at,
        min(first_known_at) over (
            partition by source, account, customer_id
        ) as first_known_at,
        known_at
    from recipient_versions
    where
        customer_id is not null
        -- A piece or member that only names a customer adds no record of its own.
        and coalesce(
            first_name,
            last_name,
            name,
            company,
            email,
            phone,
            address_line_1
        ) is not null
    qualify row_number() over (
        partition by source, account, customer_id
        order by
            is_deleted,
            coalesce(updated_at, known_at) desc,
            known_at desc,
            address_line_1 nulls last,
            version_id
    ) = 1

),

unioned as (

    select
        customers.source,
        customers.account,
        'customer' as entity,
        customers.customer_id,
        case when merges.merged_into_id is not null then customers.source end
            as declared_source,
        case when merges.merged_into_id is not null then customers.account end
            as declared_account,
        merges.merged_into_id as declared_customer_id,
        customers.first_name,
        customers.last_name,
        customers.name,
        customers.company,
        customers.email,
        customers.phone,
        customers.phone_2,
        customers.address_line_1,
        customers.address_line_2,
        customers.city,
        customers.state,
        customers.postal_code,
        customers.postal_code_4,
        customers.customer_type,
        customers.tax_id,
        customers.do_not_mail,
        customers.is_deleted,
        customers.created_at,
        customers.updated_at,
        customers.first_known_at,
        customers.known_at
    from customers
    left join merges
        on customers.source = merges.source
        and customers.account = merges.account
        and customers.customer_id = merges.customer_id

    union all

    select
        source,
        account,
        'recipient' as entity,
        customer_id,
        declared_source,
        declared_account,
        declared_customer_id,
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
        cast(null as varchar) as customer_type,
        cast(null as varchar) as tax_id,
        cast(null as boolean) as do_not_mail,
        is_deleted,
        created_at,
        updated_at,
        first_known_at,
        known_at
    from recipients

),

final as (

    select
        {{ surrogate_key([
            'unioned.source',
            'unioned.account',
            'unioned.entity',
            'unioned.customer_id'
        ]) }} as record_key,
        unioned.source,
        unioned.account,
        unioned.entity,
        unioned.customer_id,
        case
            when unioned.declared_customer_id is not null
                then {{ surrogate_key([
            'unioned.declared_source',
            'unioned.declared_account',
            "'customer'",
            'unioned.declared_customer_id'
        ]) }}
        end as declared_record_key,
        {% for column in [
            'first_name', 'last_name', 'name', 'company', 'email', 'phone', 'phone_2',
            'address_line_1', 'address_line_2', 'city', 'state', 'postal_code',
            'postal_code_4', 'tax_id'
        ] -%}
        case when erasures.customer_id is null then unioned.{{ column }} end as {{ column }},
        {% endfor -%}
        unioned.customer_type,
        unioned.do_not_mail,
        unioned.is_deleted,
        erasures.customer_id is not null as is_erased,
        unioned.created_at,
        unioned.updated_at,
        unioned.first_known_at,
        unioned.known_at
    from unioned
    left join erasures
        on unioned.source = erasures.source
        and unioned.account = erasures.account
        and unioned.entity = erasures.entity
        and unioned.customer_id = erasures.customer_id

)

select * from final
