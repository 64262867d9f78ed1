with

enquiries as (

    select
        source,
        account,
        entity,
        entity_id,
        kind,
        is_in_crm,
        is_settled,
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
        is_in_crm,
        has_source,
        has_marketing_campaign,
        campaign_channel
    from {{ ref('int_quality__enquiries_collected') }}

),

campaigns as (

    select
        source,
        account,
        campaign_id
    from {{ ref('int_canonical__campaigns_unioned') }}

),

campaigns_named as (

    select
        source,
        account,
        campaign_id
    from {{ ref('int_quality__campaigns_named') }}

),

job_campaigns as (

    select
        jobs.source,
        jobs.account,
        jobs.job_id,
        {{ surrogate_key(['jobs.source', 'jobs.account', 'jobs.job_id']) }} as job_key,
        campaigns.campaign_id is not null as has_campaign,
        campaigns_named.campaign_id is not null as has_named_campaign
    from {{ ref('int_canonical__jobs_unioned') }} as jobs
    left join campaigns
        on jobs.campaign_source = campaigns.source
        and jobs.campaign_account = campaigns.account
        and jobs.campaign_id = campaigns.campaign_id
    left join campaigns_named
        on jobs.campaign_source = campaigns_named.source
        and jobs.campaign_account = campaigns_named.account
        and jobs.campaign_id = campaigns_named.campaign_id

),

-- Where dispatch puts a campaign on most work orders, one filed under none has lost its own.
accounts as (

    select
        source,
        account,
        2 * count(*) filter (where has_named_campaign) >= count(*) as is_naming_campaigns
    from job_campaigns
    group by
        source,
        account

),

job_sources as (

    select
        job_campaigns.job_key,
        job_campaigns.source,
        job_campaigns.account,
        job_campaigns.job_id,
        fct_jobs.original_channel,
        job_campaigns.has_named_campaign,
        accounts.is_naming_campaigns
        and job_campaigns.has_campaign
        and not job_campaigns.has_named_campaign as is_filed_under_none
    from job_campaigns
    inner join {{ ref('fct_jobs') }} as fct_jobs
        on job_campaigns.job_key = fct_jobs.job_key
    inner join accounts
        on job_campaigns.source = accounts.source
        and job_campaigns.account = accounts.account

),

asked_channels as (

    select
        job_key,
        min(campaign_channel) as asked_channel,
        -- What the CRM says of a customer may be older than what this enquiry came from.
        min(campaign_channel) filter (where not is_in_crm) as asked_in_dispatch
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
        -- An open lead may still be on its way: many CRMs make the deal when it is booked.
        and asked_at <= {{ second_add(as_of(), 'case when is_settled then -7200 else -36 * 3600 end') }}
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
        and not is_in_crm
        and not has_source
    union all
    select
        'lost_marketing_source',
        job_sources.source,
        job_sources.account,
        'jobs',
        job_sources.job_id,
        coalesce(asked_channels.asked_channel, 'a campaign'),
        case
            when job_sources.is_filed_under_none then 'no known source'
            else coalesce(job_sources.original_channel, 'none')
        end,
        case
            when asked_channels.job_key is null
                then 'the work order is filed under a campaign for what has no source'
            else 'the enquiry names a campaign, the work order does not'
        end
    from job_sources
    left join asked_channels
        on job_sources.job_key = asked_channels.job_key
    where
        job_sources.is_filed_under_none
        or (
            coalesce(job_sources.original_channel, 'other') in ('other', 'call')
            and case
                when job_sources.has_named_campaign then asked_channels.asked_in_dispatch
                else asked_channels.asked_channel
            end is not null
        )

)

select * from final
