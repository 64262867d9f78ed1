with jobs as (

    select
        campaign_source as source,
        campaign_account as account,
        campaign_id
    from {{ ref('int_canonical__jobs_unioned') }}
    where campaign_id is not null

),

touches as (

    select
        campaign_source as source,
        campaign_account as account,
        campaign_id
    from {{ ref('int_canonical__touches_unioned') }}
    where campaign_id is not null

),

leads as (

    select
        campaign_source as source,
        campaign_account as account,
        campaign_id
    from {{ ref('int_canonical__leads_unioned') }}
    where campaign_id is not null

),

bookings as (

    select
        campaign_source as source,
        campaign_account as account,
        campaign_id
    from {{ ref('int_canonical__bookings_unioned') }}
    where campaign_id is not null

),

mail_orders as (

    select
        campaign_source as source,
        campaign_account as account,
        campaign_id
    from {{ ref('int_canonical__mail_orders_unioned') }}
    where campaign_id is not null

),

marketing_costs as (

    select
        campaign_source as source,
        campaign_account as account,
        campaign_id
    from {{ ref('int_canonical__marketing_costs_unioned') }}
    where campaign_id is not null

),

mail_pieces as (

    select
        campaign_source as source,
        campaign_account as account,
        campaign_id
    from {{ ref('int_canonical__mail_pieces_unioned') }}
    where campaign_id is not null

),

mail_costs as (

    select
        campaign_source as source,
        campaign_account as account,
        campaign_id
    from {{ ref('int_canonical__mail_costs_unioned') }}
    where campaign_id is not null

),

members as (

    select
        campaign_source as source,
        campaign_account as account,
        campaign_id
    from {{ ref('int_canonical__campaign_members_unioned') }}
    where campaign_id is not null

),

links as (

    select
        campaign_key,
        source,
        account,
        campaign_id,
        campaign_code
    from {{ ref('int_campaigns__linked') }}

),

link_codes as (

    select
        campaign_key,
        campaign_code as code
    from links
    where campaign_code is not null
    union
    select
        campaign_key,
        {{ normalised_code('campaign_id') }} as code
    from links

),

lone_codes as (

    select
        code,
        min(campaign_key) as campaign_key
    from link_codes
    group by code
    having count(*) = 1

),

campaign_references as (

    select
        source,
        account,
        campaign_id
    from jobs
    union
    select
        source,
        account,
        campaign_id
    from touches
    union
    select
        source,
        account,
        campaign_id
    from leads
    union
    select
        source,
        account,
        campaign_id
    from bookings
    union
    select
        source,
        account,
        campaign_id
    from mail_orders
    union
    select
        source,
        account,
        campaign_id
    from marketing_costs
    union
    select
        source,
        account,
        campaign_id
    from mail_pieces
    union
    select
        source,
        account,
        campaign_id
    from mail_costs
    union
    select
        source,
        account,
        campaign_id
    from members

),

-- Exact id first; else the name of exactly one campaign: a job or call carries the mail vendor's
-- campaign id in a system that never heard of it.
references_resolved as (

    select
        campaign_references.source,
        campaign_references.account,
        campaign_references.campaign_id,
        coalesce(links.campaign_key, lone_codes.campaign_key) as campaign_key,
        links.campaign_key is not null as is_exact
    from campaign_references
    left join links
        on campaign_references.source = links.source
        and campaign_references.account = links.account
        and campaign_references.campaign_id = links.campaign_id
    left join lone_codes
        on {{ normalised_code('campaign_references.campaign_id') }} = lone_codes.code
    where coalesce(links.campaign_key, lone_codes.campaign_key) is not null

)

select * from references_resolved
