with links as (

    select
        campaign_key,
        source,
        account,
        campaign_id,
        canonical_source,
        canonical_account,
        canonical_campaign_id,
        link_method
    from {{ ref('int_campaigns__linked') }}

),

campaigns as (

    select
        source,
        account,
        campaign_id,
        name,
        channel,
        goal,
        offer,
        creative,
        format,
        mail_class,
        list_source,
        promo_code,
        tracking_phone,
        landing_url,
        response_window_days,
        started_on,
        ended_on
    from {{ ref('int_canonical__campaigns_unioned') }}

),

run_context as (

    select primary_window_days
    from {{ ref('stg_matchback__run_context') }}

),

records_ranked as (

    select
        links.campaign_key,
        links.canonical_source,
        links.canonical_account,
        links.canonical_campaign_id,
        campaigns.name,
        campaigns.channel,
        campaigns.goal,
        campaigns.offer,
        campaigns.creative,
        campaigns.format,
        campaigns.mail_class,
        campaigns.list_source,
        campaigns.promo_code,
        campaigns.tracking_phone,
        campaigns.landing_url,
        campaigns.response_window_days,
        campaigns.started_on,
        campaigns.ended_on,
        row_number() over (
            partition by links.campaign_key
            order by
                links.link_method = 'own' desc,
                links.source,
                links.account,
                links.campaign_id
        ) as record_rank
    from links
    left join campaigns
        on links.source = campaigns.source
        and links.account = campaigns.account
        and links.campaign_id = campaigns.campaign_id

),

-- The winner's word first; what it leaves open is taken from the next record of the same campaign.
campaigns_merged as (

    select
        campaign_key,
        min(canonical_source) as source,
        min(canonical_account) as account,
        min(canonical_campaign_id) as campaign_id,
        coalesce(arg_min(name, record_rank), min(canonical_campaign_id)) as campaign_name,
        coalesce(arg_min(channel, record_rank), 'direct_mail') as channel,
        arg_min(goal, record_rank) as goal,
        arg_min(offer, record_rank) as offer,
        arg_min(creative, record_rank) as creative,
        arg_min(format, record_rank) as format,
        arg_min(mail_class, record_rank) as mail_class,
        arg_min(list_source, record_rank) as list_source,
        arg_min(promo_code, record_rank) as promo_code,
        arg_min(tracking_phone, record_rank) as tracking_phone,
        arg_min(landing_url, record_rank) as landing_url,
        arg_min(response_window_days, record_rank) as response_window_days,
        min(started_on) as started_on,
        max(ended_on) as ended_on
    from records_ranked
    group by campaign_key

),

campaigns_windowed as (

    select
        campaigns_merged.campaign_key,
        campaigns_merged.source,
        campaigns_merged.account,
        campaigns_merged.campaign_id,
        campaigns_merged.campaign_name,
        campaigns_merged.channel,
        campaigns_merged.goal,
        campaigns_merged.offer,
        campaigns_merged.creative,
        campaigns_merged.format,
        campaigns_merged.mail_class,
        campaigns_merged.list_source,
        campaigns_merged.promo_code,
        campaigns_merged.tracking_phone,
        campaigns_merged.landing_url,
        cast(
            coalesce(campaigns_merged.response_window_days, run_context.primary_window_days) as integer
        ) as response_window_days,
        campaigns_merged.response_window_days is null as is_window_default,
        campaigns_merged.started_on,
        campaigns_merged.ended_on
    from campaigns_merged
    cross join run_context

)

select * from campaigns_windowed
