with campaigns as (

    select
        campaign_key,
        source,
        account,
        campaign_id,
        campaign_name,
        channel,
        goal,
        offer,
        creative,
        format,
        mail_class,
        list_source,
        response_window_days,
        is_window_default,
        started_on,
        ended_on
    from {{ ref('int_campaigns__described') }}

),

links as (

    select
        campaign_key,
        cast(count(*) as integer) as record_count
    from {{ ref('int_campaigns__linked') }}
    group by campaign_key

),

locations as (

    select
        source,
        account,
        location_key
    from {{ ref('int_operations__divisions_located') }}
    where division is null

),

campaigns_described as (

    select
        campaigns.campaign_key,
        campaigns.source,
        campaigns.account,
        coalesce(locations.location_key, 'main') as location_key,
        campaigns.campaign_id,
        campaigns.campaign_name,
        campaigns.channel,
        campaigns.goal,
        campaigns.offer,
        campaigns.creative,
        campaigns.format,
        campaigns.mail_class,
        campaigns.list_source,
        campaigns.response_window_days,
        links.record_count,
        campaigns.is_window_default,
        campaigns.started_on,
        campaigns.ended_on
    from campaigns
    left join links
        on campaigns.campaign_key = links.campaign_key
    left join locations
        on campaigns.source = locations.source
        and campaigns.account = locations.account

)

select * from campaigns_described
