with jobs as (

    select
        job_key,
        not_eligible_because,
        is_eligible,
        first_contact_on,
        first_contact_at
    from {{ ref('int_matching__jobs_ready') }}

),

evidenced_campaigns as (

    select
        job_key,
        campaign_key,
        method,
        touch_key
    from {{ ref('int_matching__campaigns_evidenced') }}

),

mail_pieces as (

    select
        campaign_key,
        wave,
        status,
        in_home_on,
        window_starts_on
    from {{ ref('int_mail__pieces_windowed') }}

),

campaigns as (

    select
        campaign_key,
        channel,
        response_window_days,
        started_on,
        ended_on
    from {{ ref('int_campaigns__described') }}

),

windows as (

    select
        campaign_key,
        max(window_days) as longest_window_days
    from {{ ref('int_campaigns__windows_listed') }}
    group by campaign_key

),

pieces_of_campaigns as (

    select
        job_key,
        campaign_key
    from {{ ref('int_matching__piece_candidates_judged') }}
    where
        evidence_rank <= 2
        and coalesce(reject_reason, '') in ('', 'before window', 'after window')
    group by
        job_key,
        campaign_key

),

coded_jobs as (

    select job_key
    from {{ ref('int_matching__piece_candidates_judged') }}
    where
        evidence_rank = 1
        and reject_reason is null
    group by job_key

),

campaign_spans as (

    select
        campaign_key,
        wave,
        min(window_starts_on) as opens_on,
        max(in_home_on) as last_in_home_on
    from mail_pieces
    where status not in ('Cancelled', 'Failed')
    group by
        campaign_key,
        wave

),

-- Campaign evidence alone: the campaign, no piece. It hangs on the latest wave whose window had opened.
campaign_waves as (

    select
        evidenced_campaigns.job_key,
        evidenced_campaigns.campaign_key,
        max_by(campaign_spans.wave, struct_pack(opens_on := campaign_spans.opens_on, wave := campaign_spans.wave))
            filter (where campaign_spans.opens_on <= jobs.first_contact_on) as wave,
        max(campaign_spans.opens_on) filter (where campaign_spans.opens_on <= jobs.first_contact_on) as opens_on,
        max(campaign_spans.last_in_home_on) filter (where campaign_spans.opens_on <= jobs.first_contact_on)
            as last_in_home_on,
        min(campaign_spans.opens_on) as first_opens_on
    from evidenced_campaigns
    inner join jobs
        on evidenced_campaigns.job_key = jobs.job_key
    inner join campaign_spans
        on evidenced_campaigns.campaign_key = campaign_spans.campaign_key
    group by
        evidenced_campaigns.job_key,
        evidenced_campaigns.campaign_key

),

campaign_candidates_judged as (

    select
        evidenced_campaigns.job_key,
        cast(null as varchar) as mail_piece_key,
        evidenced_campaigns.touch_key,
        evidenced_campaigns.campaign_key,
        campaign_waves.wave,
        campaigns.channel,
        3 as evidence_rank,
        4 as identity_rank,
        evidenced_campaigns.method,
        cast(1 as double) as match_probability,
        {{ days_between(
            'coalesce(campaign_waves.opens_on, campaign_waves.first_opens_on, campaigns.started_on)',
            'jobs.first_contact_on'
        ) }} as days_after_start,
        case
            when campaign_waves.campaign_key is not null
                then greatest(
                    {{ days_between('campaign_waves.last_in_home_on', 'jobs.first_contact_on') }},
                    0
                )
            else 0
        end as days_after_in_home,
        case
            when not jobs.is_eligible then 'not eligible: ' || jobs.not_eligible_because
            when coalesce(campaigns.channel, 'other') in ('call', 'other') then 'no marketing channel'
            when pieces_of_campaigns.job_key is not null then 'superseded by a piece'
            when campaign_waves.campaign_key is not null and campaign_waves.opens_on is null
                then 'before window'
            when campaign_waves.campaign_key is not null
                and jobs.first_contact_on >= {{ day_add(
                    'campaign_waves.last_in_home_on',
                    'windows.longest_window_days'
                ) }} then 'after window'
            when campaign_waves.campaign_key is null and campaigns.started_on > jobs.first_contact_on
                then 'before window'
            when campaign_waves.campaign_key is null
                and jobs.first_contact_on >= {{ day_add('campaigns.ended_on', 'windows.longest_window_days') }}
                then 'after window'
            -- The word somebody picked from a list, against the code of a card in his hand.
            when coded_jobs.job_key is not null and evidenced_campaigns.touch_key is null
                then 'superseded by a code'
        end as reject_reason,
        jobs.first_contact_at as position_at,
        cast(null as date) as in_home_on
    from evidenced_campaigns
    inner join jobs
        on evidenced_campaigns.job_key = jobs.job_key
    inner join campaigns
        on evidenced_campaigns.campaign_key = campaigns.campaign_key
    inner join windows
        on evidenced_campaigns.campaign_key = windows.campaign_key
    left join campaign_waves
        on evidenced_campaigns.job_key = campaign_waves.job_key
        and evidenced_campaigns.campaign_key = campaign_waves.campaign_key
    left join pieces_of_campaigns
        on evidenced_campaigns.job_key = pieces_of_campaigns.job_key
        and evidenced_campaigns.campaign_key = pieces_of_campaigns.campaign_key
    left join coded_jobs
        on evidenced_campaigns.job_key = coded_jobs.job_key

)

select * from campaign_candidates_judged
