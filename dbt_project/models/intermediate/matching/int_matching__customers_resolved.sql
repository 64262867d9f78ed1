with jobs as (

    select
        customer_source as source,
        customer_account as account,
        customer_id
    from {{ ref('int_canonical__jobs_unioned') }}
    where customer_id is not null

),

mail_pieces as (

    select
        customer_source as source,
        customer_account as account,
        customer_id
    from {{ ref('int_canonical__mail_pieces_unioned') }}
    where customer_id is not null

),

members as (

    select
        customer_source as source,
        customer_account as account,
        customer_id
    from {{ ref('int_canonical__campaign_members_unioned') }}
    where customer_id is not null

),

touches as (

    select
        customer_source as source,
        customer_account as account,
        customer_id
    from {{ ref('int_canonical__touches_unioned') }}
    where customer_id is not null

),

leads as (

    select
        customer_source as source,
        customer_account as account,
        customer_id
    from {{ ref('int_canonical__leads_unioned') }}
    where customer_id is not null

),

bookings as (

    select
        customer_source as source,
        customer_account as account,
        customer_id
    from {{ ref('int_canonical__bookings_unioned') }}
    where customer_id is not null

),

invoices as (

    select
        customer_source as source,
        customer_account as account,
        customer_id
    from {{ ref('int_canonical__invoices_unioned') }}
    where customer_id is not null

),

records as (

    select
        source,
        account,
        customer_id,
        customer_key,
        household_key,
        match_probability
    from {{ ref('int_identity__records_keyed') }}
    where entity = 'customer'

),

customer_references as (

    select
        source,
        account,
        customer_id
    from jobs
    union
    select
        source,
        account,
        customer_id
    from mail_pieces
    union
    select
        source,
        account,
        customer_id
    from members
    union
    select
        source,
        account,
        customer_id
    from touches
    union
    select
        source,
        account,
        customer_id
    from leads
    union
    select
        source,
        account,
        customer_id
    from bookings
    union
    select
        source,
        account,
        customer_id
    from invoices

),

-- A mail list or an export often names the customer's id and forgets the system it comes from; a system that
-- holds customers itself means its own.
lone_ids as (

    select
        customer_id,
        min(customer_key) as customer_key,
        min(household_key) as household_key,
        min(match_probability) as match_probability
    from records
    group by customer_id
    having count(*) = 1

),

accounts_with_customers as (

    select
        source,
        account
    from records
    group by
        source,
        account

),

references_resolved as (

    select
        customer_references.source,
        customer_references.account,
        customer_references.customer_id,
        coalesce(records.customer_key, lone_ids.customer_key) as customer_key,
        coalesce(records.household_key, lone_ids.household_key) as household_key,
        -- A record that nothing was merged with is itself for certain.
        coalesce(records.match_probability, lone_ids.match_probability, 1) as match_probability,
        records.customer_id is not null as is_exact
    from customer_references
    left join records
        on customer_references.source = records.source
        and customer_references.account = records.account
        and customer_references.customer_id = records.customer_id
    left join accounts_with_customers
        on customer_references.source = accounts_with_customers.source
        and customer_references.account = accounts_with_customers.account
    left join lone_ids
        on customer_references.customer_id = lone_ids.customer_id
        and accounts_with_customers.source is null
    where coalesce(records.customer_key, lone_ids.customer_key) is not null

)

select * from references_resolved
