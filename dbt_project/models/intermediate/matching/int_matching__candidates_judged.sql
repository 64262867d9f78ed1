with jobs as (

    select
        job_key,
        customer_key,
        household_key,
        not_eligible_because,
        is_eligible,
        is_date_only,
        first_contact_on,
        first_contact_at
    from {{ ref('int_matching__jobs_ready') }}

),

piece_evidence as (

    select
        job_key,
        mail_piece_key,
        campaign_key,
        evidence_rank,
        method,
        match_probability
    from {{ ref('int_matching__piece_evidence_found') }}

),

mail_pieces as (

    select
        mail_piece_key,
        campaign_key,
        wave,
        status,
        in_home_on,
        window_starts_on,
        opens_on,
        closes_on,
        first_signalled_at,
        position_at,
        stopped_at
    from {{ ref('int_mail__pieces_windowed') }}

),

evidence as (

    select
        job_key,
        mail_piece_key,
        campaign_key,
        method,
        touch_key,
        record_rank
    from {{ ref('int_matching__job_evidence_collected') }}

),

touches as (

    select
        touch_key,
        kind,
        customer_key,
        household_key,
        job_key,
        campaign_key,
        channel,
        match_probability,
        occurred_at
    from {{ ref('int_matching__touches_tied') }}
    where is_independent

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

run_context as (

    select touch_window_days
    from {{ ref('stg_matchback__run_context') }}

),

piece_candidates as (

    select
        piece_evidence.job_key,
        piece_evidence.mail_piece_key,
        cast(null as varchar) as touch_key,
        piece_evidence.campaign_key,
        mail_pieces.wave,
        'direct_mail' as channel,
        piece_evidence.evidence_rank,
        piece_evidence.method,
        piece_evidence.match_probability,
        {{ days_between('mail_pieces.window_starts_on', 'jobs.first_contact_on') }} as days_after_start,
        {{ days_between('mail_pieces.in_home_on', 'jobs.first_contact_on') }} as days_after_in_home,
        case
            when not jobs.is_eligible then 'not eligible: ' || jobs.not_eligible_because
            when piece_evidence.evidence_rank > 1
                and mail_pieces.stopped_at <= jobs.first_contact_at
                then lower(mail_pieces.status) || ' piece'
            when mail_pieces.in_home_on is null then 'never mailed'
            when jobs.first_contact_on < mail_pieces.window_starts_on
                and not coalesce(
                    mail_pieces.first_signalled_at <= jobs.first_contact_at
                    or (jobs.is_date_only and mail_pieces.opens_on <= jobs.first_contact_on),
                    false
                ) then 'before window'
            when jobs.first_contact_on >= mail_pieces.closes_on then 'after window'
        end as reject_reason,
        least(mail_pieces.position_at, jobs.first_contact_at) as position_at,
        mail_pieces.in_home_on
    from piece_evidence
    inner join jobs
        on piece_evidence.job_key = jobs.job_key
    inner join mail_pieces
        on piece_evidence.mail_piece_key = mail_pieces.mail_piece_key

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

evidenced_campaigns as (

    select
        job_key,
        campaign_key,
        arg_min(method, struct_pack(record_rank := record_rank, method := method)) as method,
        min(touch_key) as touch_key
    from evidence
    where
        mail_piece_key is null
        and campaign_key is not null
    group by
        job_key,
        campaign_key

),

pieces_of_campaigns as (

    select
        job_key,
        campaign_key
    from piece_candidates
    where
        evidence_rank <= 2
        and coalesce(reject_reason, '') in ('', 'before window', 'after window')
    group by
        job_key,
        campaign_key

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

campaign_candidates as (

    select
        evidenced_campaigns.job_key,
        cast(null as varchar) as mail_piece_key,
        evidenced_campaigns.touch_key,
        evidenced_campaigns.campaign_key,
        campaign_waves.wave,
        campaigns.channel,
        3 as evidence_rank,
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

),

touch_matches as (

    select
        jobs.job_key,
        touches.touch_key,
        3 as evidence_rank,
        'linked touch' as method,
        cast(1 as double) as match_probability
    from touches
    inner join jobs
        on touches.job_key = jobs.job_key
    union all
    select
        jobs.job_key,
        touches.touch_key,
        4 as evidence_rank,
        'person' as method,
        coalesce(touches.match_probability, 1) as match_probability
    from touches
    cross join run_context
    inner join jobs
        on touches.customer_key = jobs.customer_key
        and {{ local_date('touches.occurred_at') }} <= jobs.first_contact_on
        and jobs.first_contact_on
        < {{ day_add(local_date('touches.occurred_at'), 'run_context.touch_window_days') }}
    where touches.job_key is null
    union all
    select
        jobs.job_key,
        touches.touch_key,
        6 as evidence_rank,
        'household' as method,
        coalesce(touches.match_probability, 1) as match_probability
    from touches
    cross join run_context
    inner join jobs
        on touches.household_key = jobs.household_key
        and {{ local_date('touches.occurred_at') }} <= jobs.first_contact_on
        and jobs.first_contact_on
        < {{ day_add(local_date('touches.occurred_at'), 'run_context.touch_window_days') }}
    where touches.job_key is null

),

touch_evidence as (

    select
        job_key,
        touch_key,
        min(evidence_rank) as evidence_rank,
        arg_min(method, evidence_rank) as method,
        arg_min(match_probability, evidence_rank) as match_probability
    from touch_matches
    group by
        job_key,
        touch_key

),

touch_candidates as (

    select
        touch_evidence.job_key,
        cast(null as varchar) as mail_piece_key,
        touch_evidence.touch_key,
        touches.campaign_key,
        cast(null as varchar) as wave,
        touches.channel,
        touch_evidence.evidence_rank,
        touch_evidence.method,
        touch_evidence.match_probability,
        {{ days_between(local_date('touches.occurred_at'), 'jobs.first_contact_on') }} as days_after_start,
        {{ days_between(local_date('touches.occurred_at'), 'jobs.first_contact_on') }} as days_after_in_home,
        case
            when not jobs.is_eligible then 'not eligible: ' || jobs.not_eligible_because
            when touches.occurred_at > jobs.first_contact_at
                and not (jobs.is_date_only and {{ local_date('touches.occurred_at') }} = jobs.first_contact_on)
                then 'before window'
            when jobs.first_contact_on
                >= {{ day_add(local_date('touches.occurred_at'), 'run_context.touch_window_days') }}
                then 'after window'
        end as reject_reason,
        least(touches.occurred_at, jobs.first_contact_at) as position_at,
        cast(null as date) as in_home_on
    from touch_evidence
    cross join run_context
    inner join touches
        on touch_evidence.touch_key = touches.touch_key
    inner join jobs
        on touch_evidence.job_key = jobs.job_key

),

-- A touch that only says again what the job's campaign evidence says is not a second candidate.
touch_candidates_own as (

    select
        touch_candidates.job_key,
        touch_candidates.mail_piece_key,
        touch_candidates.touch_key,
        touch_candidates.campaign_key,
        touch_candidates.wave,
        touch_candidates.channel,
        touch_candidates.evidence_rank,
        touch_candidates.method,
        touch_candidates.match_probability,
        touch_candidates.days_after_start,
        touch_candidates.days_after_in_home,
        touch_candidates.reject_reason,
        touch_candidates.position_at,
        touch_candidates.in_home_on
    from touch_candidates
    left join evidenced_campaigns
        on touch_candidates.job_key = evidenced_campaigns.job_key
        and touch_candidates.campaign_key = evidenced_campaigns.campaign_key
    where evidenced_campaigns.job_key is null

),

candidates as (

    select
        job_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        evidence_rank,
        method,
        match_probability,
        days_after_start,
        days_after_in_home,
        reject_reason,
        position_at,
        in_home_on
    from piece_candidates
    union all
    select
        job_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        evidence_rank,
        method,
        match_probability,
        days_after_start,
        days_after_in_home,
        reject_reason,
        position_at,
        in_home_on
    from campaign_candidates
    union all
    select
        job_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        evidence_rank,
        method,
        match_probability,
        days_after_start,
        days_after_in_home,
        reject_reason,
        position_at,
        in_home_on
    from touch_candidates_own

),

-- Pieces of one wave are rivals: the strongest evidence, then the latest in home, then the key.
candidates_ranked as (

    select
        job_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        evidence_rank,
        method,
        match_probability,
        days_after_start,
        days_after_in_home,
        reject_reason,
        position_at,
        in_home_on,
        {{ surrogate_key(['job_key', 'mail_piece_key', 'touch_key', 'campaign_key']) }} as candidate_key,
        row_number() over (
            partition by
                job_key,
                campaign_key,
                wave,
                mail_piece_key is null,
                reject_reason is null
            order by evidence_rank, in_home_on desc, mail_piece_key
        ) as wave_rank
    from candidates

),

candidates_judged as (

    select
        candidate_key,
        job_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        coalesce(mail_piece_key, touch_key, campaign_key) as position_key,
        wave,
        channel,
        evidence_rank,
        method,
        coalesce(
            reject_reason,
            case when mail_piece_key is not null and wave_rank > 1 then 'superseded in its wave' end
        ) as reject_reason,
        match_probability,
        days_after_start,
        days_after_in_home,
        in_home_on,
        position_at
    from candidates_ranked

)

select * from candidates_judged
