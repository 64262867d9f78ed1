with

deals as (

    select
        source,
        account,
        deal_id,
        customer_source,
        customer_account,
        customer_id,
        job_number,
        created_at
    from {{ ref('int_canonical__crm_deals_unioned') }}
    where not is_deleted

),

customers as (

    select
        source,
        account,
        customer_id,
        {{ phone_mark('phone') }} as phone,
        {{ phone_mark('phone_2') }} as phone_2,
        lower(trim(email)) as email,
        {{ sorted_words(normalised_word("coalesce(name, first_name || ' ' || last_name)")) }}
            as name_words,
        {{ sorted_words(normalised_word('company')) }} as company_words,
        {{ street_mark(normalised_word('address_line_1'), 'postal_code') }} as street_mark
    from {{ ref('int_canonical__customers_unioned') }}

),

identities as (

    select
        source,
        account,
        customer_id,
        customer_key
    from {{ ref('int_identity__records_keyed') }}
    where entity = 'customer'

),

deal_contacts as (

    select
        deals.deal_id,
        deals.job_number,
        deals.created_at,
        identities.customer_key,
        customers.phone,
        customers.phone_2,
        customers.email,
        customers.name_words,
        customers.company_words,
        customers.street_mark,
        case when deals.customer_id is null then 'nobody' end as nobody
    from deals
    left join customers
        on deals.customer_source = customers.source
        and deals.customer_account = customers.account
        and deals.customer_id = customers.customer_id
    left join identities
        on deals.customer_source = identities.source
        and deals.customer_account = identities.account
        and deals.customer_id = identities.customer_id

),

marks as (

    select deal_id, created_at, 'customer_key' as mark_kind, customer_key as mark from deal_contacts
    union all
    select deal_id, created_at, 'phone', phone from deal_contacts
    union all
    select deal_id, created_at, 'phone', phone_2 from deal_contacts
    union all
    select deal_id, created_at, 'email', email from deal_contacts
    union all
    select deal_id, created_at, 'name', name_words from deal_contacts
    union all
    select deal_id, created_at, 'name', company_words from deal_contacts
    union all
    select deal_id, created_at, 'street', street_mark from deal_contacts
    union all
    select deal_id, created_at, 'nobody', nobody from deal_contacts
    union all
    select deal_id, created_at, 'job_number', job_number from deal_contacts

),

final as (

    select
        mark_kind,
        mark,
        deal_id,
        created_at
    from marks
    where mark is not null

)

select * from final
