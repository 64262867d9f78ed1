with recursive servicetitan_customers as (

    select
        source,
        account,
        'customer' as entity,
        customer_id,
        merged_into_id,
        known_at
    from {{ ref('stg_servicetitan__customers') }}
    where merged_into_id is not null

),

servicetitan_locations as (

    select
        source,
        account,
        'location' as entity,
        location_id as customer_id,
        merged_into_id,
        known_at
    from {{ ref('stg_servicetitan__locations') }}
    where merged_into_id is not null

),

hubspot_contacts as (

    select
        source,
        account,
        'customer' as entity,
        unnest(list_concat(
            coalesce(merged_object_ids, []),
            -- The older property says when as well: `101:1700000000000`.
            list_transform(coalesce(merged_contact_ids, []), lambda item: split_part(item, ':', 1))
        )) as customer_id,
        contact_id as merged_into_id,
        known_at
    from {{ ref('stg_hubspot__contacts') }}

),

hubspot_companies as (

    select
        source,
        account,
        'company' as entity,
        unnest(merged_object_ids) as customer_id,
        company_id as merged_into_id,
        known_at
    from {{ ref('stg_hubspot__companies') }}

),

hubspot_deals as (

    select
        source,
        account,
        'deal' as entity,
        unnest(merged_object_ids) as customer_id,
        deal_id as merged_into_id,
        known_at
    from {{ ref('stg_hubspot__deals') }}

),

imported as (

    select
        source,
        account,
        'customer' as entity,
        customer_id,
        merged_into_id,
        known_at
    from {{ ref('stg_import__customers') }}
    where merged_into_id is not null

),

told as (

    select * from servicetitan_customers
    union all
    select * from servicetitan_locations
    union all
    select * from hubspot_contacts
    union all
    select * from hubspot_companies
    union all
    select * from hubspot_deals
    union all
    select * from imported

),

merges as (

    select
        source,
        account,
        entity,
        customer_id,
        arg_max(merged_into_id, known_at) as merged_into_id,
        max(known_at) as known_at
    from told
    where customer_id != merged_into_id
    group by
        source,
        account,
        entity,
        customer_id

),

-- A chain of merges ends where the last winner is; one that bites its own tail stops after 20 steps,
-- and each of its records is then said to be one with another of them, never only with itself.
chains as (

    select
        source,
        account,
        entity,
        customer_id,
        merged_into_id,
        known_at,
        1 as step
    from merges

    union all

    select
        chains.source,
        chains.account,
        chains.entity,
        chains.customer_id,
        merges.merged_into_id,
        greatest(chains.known_at, merges.known_at) as known_at,
        chains.step + 1 as step
    from chains
    inner join merges
        on chains.source = merges.source
        and chains.account = merges.account
        and chains.entity = merges.entity
        and chains.merged_into_id = merges.customer_id
    where
        chains.step < 20
        and merges.merged_into_id != chains.customer_id

),

resolved as (

    select
        source,
        account,
        entity,
        customer_id,
        arg_max(merged_into_id, step) as merged_into_id,
        max(known_at) as known_at
    from chains
    group by
        source,
        account,
        entity,
        customer_id

)

select * from resolved
