with jobs as (

    select
        {{ surrogate_key(['source', 'account', 'job_id']) }} as job_key,
        source,
        account,
        gclid,
        utm_medium,
        utm_source,
        lead_source,
        {{ normalised_word('lead_source') }} as lead_source_word
    from {{ ref('int_canonical__jobs_unioned') }}

),

evidence as (

    select
        job_key,
        campaign_key,
        mail_piece_key,
        record_rank
    from {{ ref('int_matching__job_evidence_collected') }}

),

campaigns as (

    select
        campaign_key,
        channel
    from {{ ref('int_campaigns__described') }}

),

overrides as (

    select
        source,
        nullif(account, '') as account,
        {{ normalised_word('vendor_word') }} as word,
        channel
    from {{ ref('stg_matchback__setting_lead_source_overrides') }}

),

words as (

    select
        rank,
        word,
        channel
    from {{ ref('seed_lead_source_words') }}

),

lead_sources as (

    select
        source,
        account,
        lead_source_word
    from jobs
    where lead_source_word is not null
    group by
        source,
        account,
        lead_source_word

),

-- The override that names the account beats the one that names the vendor only.
lead_source_overrides as (

    select
        lead_sources.source,
        lead_sources.account,
        lead_sources.lead_source_word,
        arg_max(
            overrides.channel,
            struct_pack(
                names_account := overrides.account is not null,
                names_source := overrides.source is not null,
                channel := overrides.channel
            )
        ) as channel
    from lead_sources
    inner join overrides
        on lead_sources.lead_source_word = overrides.word
        and lead_sources.source = coalesce(overrides.source, lead_sources.source)
        and lead_sources.account = coalesce(overrides.account, lead_sources.account)
    group by
        lead_sources.source,
        lead_sources.account,
        lead_sources.lead_source_word

),

lead_source_words as (

    select lead_source_word
    from lead_sources
    group by lead_source_word

),

lead_source_channels as (

    select
        lead_source_words.lead_source_word,
        arg_min(words.channel, words.rank) as channel
    from lead_source_words
    inner join words
        on regexp_matches(lead_source_words.lead_source_word, concat('(^| )(', words.word, ')( |$)'))
    group by lead_source_words.lead_source_word

),

named_campaigns as (

    select
        job_key,
        arg_min(
            campaign_key,
            struct_pack(
                record_rank := record_rank,
                is_shared := mail_piece_key is null,
                campaign_key := campaign_key
            )
        ) as campaign_key
    from evidence
    where campaign_key is not null
    group by job_key

),

sources_named as (

    select
        jobs.job_key,
        named_campaigns.campaign_key as original_campaign_key,
        coalesce(
            campaigns.channel,
            lead_source_overrides.channel,
            {{ channel_of_marks('jobs.gclid', 'jobs.utm_medium', 'jobs.utm_source') }},
            lead_source_channels.channel
        ) as original_channel,
        jobs.lead_source is not null as has_lead_source
    from jobs
    left join named_campaigns
        on jobs.job_key = named_campaigns.job_key
    left join campaigns
        on named_campaigns.campaign_key = campaigns.campaign_key
    left join lead_source_overrides
        on jobs.lead_source_word = lead_source_overrides.lead_source_word
        and jobs.source = lead_source_overrides.source
        and jobs.account = lead_source_overrides.account
    left join lead_source_channels
        on jobs.lead_source_word = lead_source_channels.lead_source_word

)

select * from sources_named
