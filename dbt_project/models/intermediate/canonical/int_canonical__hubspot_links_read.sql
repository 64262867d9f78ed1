with associations as (

    select
        account,
        from_type,
        from_id,
        to_type,
        to_id
    from {{ ref('stg_hubspot__associations') }}
    where not is_deleted

),

-- Links are read from one side; a record is found whichever side it stands on.
both_ways as (

    select
        account,
        from_type,
        from_id,
        to_type,
        to_id
    from associations

    union

    select
        account,
        to_type as from_type,
        to_id as from_id,
        from_type as to_type,
        from_id as to_id
    from associations

),

deals as (

    select
        account,
        deal_id,
        job_number,
        job_reference
    from {{ ref('stg_hubspot__deals') }}

),

direct as (

    select
        both_ways.account,
        both_ways.from_type,
        both_ways.from_id,
        min(case when both_ways.to_type = 'contacts' then both_ways.to_id end) as contact_id,
        min(case when both_ways.to_type = 'deals' then both_ways.to_id end) as deal_id
    from both_ways
    group by
        both_ways.account,
        both_ways.from_type,
        both_ways.from_id

),

linked as (

    select
        direct.account,
        direct.from_type as record_type,
        direct.from_id as record_id,
        coalesce(direct.contact_id, deal_links.contact_id) as contact_id,
        direct.deal_id,
        deals.job_number,
        deals.job_reference
    from direct
    left join direct as deal_links
        on direct.account = deal_links.account
        and deal_links.from_type = 'deals'
        and direct.deal_id = deal_links.from_id
    left join deals
        on direct.account = deals.account
        and direct.deal_id = deals.deal_id

)

select * from linked
