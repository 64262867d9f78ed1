with titan_contacts as (

    select
        account,
        customer_id,
        case when contact_type = 'email' then 'email' else 'phone' end as kind,
        case when contact_type = 'email' then contact_value else coalesce(contact_value, phone_number) end
            as contact_value,
        row_number() over (
            partition by account, customer_id, case when contact_type = 'email' then 'email' else 'phone' end
            order by created_at, contact_id
        ) as place
    from {{ ref('stg_servicetitan__customer_contacts') }}
    where
        contact_type in ('phone', 'mobilephone', 'email')
        and not is_deleted
        and coalesce(is_active, true)

),

titan_reachable as (

    select
        account,
        customer_id,
        max(case when kind = 'email' and place = 1 then contact_value end) as email,
        max(case when kind = 'phone' and place = 1 then contact_value end) as phone,
        max(case when kind = 'phone' and place = 2 then contact_value end) as phone_2
    from titan_contacts
    group by
        account,
        customer_id

),

servicetitan as (

    select
        customers.source,
        customers.account,
        customers.customer_id,
        customers.name,
        titan_reachable.email,
        titan_reachable.phone,
        titan_reachable.phone_2,
        customers.street as address_line_1,
        customers.unit as address_line_2,
        customers.city,
        customers.state,
        {{ postal_code_5('customers.postal_code') }} as postal_code,
        {{ postal_code_4('customers.postal_code') }} as postal_code_4,
        customers.country,
        customers.customer_type,
        customers.merged_into_id,
        customers.do_not_mail,
        customers.created_at,
        {{ version_columns('customers', 'coalesce(customers.is_active, true) = false') }}
    from {{ ref('stg_servicetitan__customers') }} as customers
    left join titan_reachable
        on customers.account = titan_reachable.account
        and customers.customer_id = titan_reachable.customer_id

),

contact_companies as (

    select
        associations.account,
        associations.from_id as contact_id,
        min(companies.name) as company
    from {{ ref('stg_hubspot__associations') }} as associations
    inner join {{ ref('stg_hubspot__companies') }} as companies
        on associations.account = companies.account
        and associations.to_id = companies.company_id
    where
        associations.from_type = 'contacts'
        and associations.to_type = 'companies'
        and not associations.is_deleted
    group by
        associations.account,
        associations.from_id

),

hubspot_merges as (

    select
        account,
        contact_id as merged_into_id,
        unnest(merged_object_ids) as contact_id
    from {{ ref('stg_hubspot__contacts') }}

),

hubspot_merged as (

    select
        account,
        contact_id,
        min(merged_into_id) as merged_into_id
    from hubspot_merges
    where contact_id != merged_into_id
    group by
        account,
        contact_id

),

hubspot as (

    select
        contacts.source,
        contacts.account,
        contacts.contact_id as customer_id,
        contacts.first_name,
        contacts.last_name,
        coalesce(contacts.company, contact_companies.company) as company,
        contacts.email,
        coalesce(contacts.phone, contacts.mobile_phone) as phone,
        case when contacts.phone is not null then contacts.mobile_phone end as phone_2,
        contacts.address as address_line_1,
        contacts.city,
        contacts.state,
        {{ postal_code_5('contacts.postal_code') }} as postal_code,
        {{ postal_code_4('contacts.postal_code') }} as postal_code_4,
        contacts.country,
        hubspot_merged.merged_into_id,
        contacts.do_not_mail,
        coalesce(contacts.created_at, contacts.record_created_at) as created_at,
        {{ version_columns('contacts', 'coalesce(contacts.is_archived, false)') }}
    from {{ ref('stg_hubspot__contacts') }} as contacts
    left join contact_companies
        on contacts.account = contact_companies.account
        and contacts.contact_id = contact_companies.contact_id
    left join hubspot_merged
        on contacts.account = hubspot_merged.account
        and contacts.contact_id = hubspot_merged.contact_id

),

quickbooks as (

    select
        customers.source,
        customers.account,
        customers.customer_id,
        customers.first_name,
        customers.last_name,
        customers.display_name as name,
        customers.company,
        customers.email,
        coalesce(customers.phone, customers.mobile_phone) as phone,
        case when customers.phone is not null then customers.mobile_phone end as phone_2,
        {{ quickbooks_address('customers', 'bill') }},
        customers.bill_country as country,
        coalesce(customers.tax_identifier, customers.resale_number) as tax_id,
        customers.created_at,
        {{ version_columns('customers', "coalesce(customers.stub_status = 'Deleted', false)") }}
    from {{ ref('stg_quickbooks__customers') }} as customers
    where
        not coalesce(customers.is_job, false)
        and not coalesce(customers.is_project, false)

),

quickbooks_coded as (

    select
        quickbooks.* exclude (postal_code),
        {{ postal_code_5('quickbooks.postal_code') }} as postal_code,
        {{ postal_code_4('quickbooks.postal_code') }} as postal_code_4
    from quickbooks

),

{{ canonical_union('customers', vendors=['servicetitan', 'hubspot', 'quickbooks_coded']) }}
