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

job_sources as (

    select
        job_key,
        source,
        account,
        job_id,
        original_channel
    from {{ ref('fct_jobs') }}

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
        asked_channels.asked_channel,
        coalesce(job_sources.original_channel, 'none'),
        'the enquiry names a campaign, the work order does not'
    from job_sources
    inner join asked_channels
        on job_sources.job_key = asked_channels.job_key
    where coalesce(job_sources.original_channel, 'other') in ('other', 'call')

)

select * from final
