with

enquiries as (

    select
        source,
        account,
        entity,
        entity_id,
        kind,
        is_in_crm,
        asked_at
    from {{ ref('int_quality__enquiries_compared') }}

),

collected as (

    select
        source,
        account,
        entity,
        entity_id,
        job_key,
        has_source,
        has_marketing_campaign,
        campaign_channel
    from {{ ref('int_quality__enquiries_collected') }}

),

jobs as (

    select
        source,
        account,
        job_id,
        campaign_source,
        campaign_account,
        campaign_id,
        coalesce(mail_piece_id, promo_code, utm_source, gclid, tracking_phone) is not null
            as has_other_source
    from {{ ref('int_canonical__jobs_unioned') }}
    where not is_deleted

),

campaigns as (

    select
        source,
        account,
        campaign_id,
        channel
    from {{ ref('int_canonical__campaigns_unioned') }}

),

job_sources as (

    select
        {{ surrogate_key(['jobs.source', 'jobs.account', 'jobs.job_id']) }} as job_key,
        jobs.source,
        jobs.account,
        jobs.job_id,
        campaigns.channel,
        jobs.has_other_source
    from jobs
    left join campaigns
        on jobs.campaign_source = campaigns.source
        and jobs.campaign_account = campaigns.account
        and jobs.campaign_id = campaigns.campaign_id

),

asked_channels as (

    select
        job_key,
        min(campaign_channel) as asked_channel
    from collected
    where
        has_marketing_campaign
        and job_key is not null
    group by job_key

),

final as (

    select
        'lead_not_in_crm' as rule,
        source,
        account,
        entity,
        entity_id,
        'a deal in the CRM' as expected,
        'none' as observed,
        kind || ' of ' || cast(asked_at as varchar) as detail
    from enquiries
    where
        not is_in_crm
        and asked_at <= {{ second_add(as_of(), '-7200') }}
    union all
    select
        'lead_without_source',
        source,
        account,
        entity,
        entity_id,
        'a known campaign, code, tracking number or lead source',
        'none',
        cast(null as varchar)
    from collected
    where
        entity = 'leads'
        and not has_source
    union all
    select
        'lost_marketing_source',
        job_sources.source,
        job_sources.account,
        'jobs',
        job_sources.job_id,
        asked_channels.asked_channel,
        coalesce(job_sources.channel, 'none'),
        'the enquiry names a campaign, the work order does not'
    from job_sources
    inner join asked_channels
        on job_sources.job_key = asked_channels.job_key
    where
        coalesce(job_sources.channel, 'other') = 'other'
        and not job_sources.has_other_source

)

select * from final
