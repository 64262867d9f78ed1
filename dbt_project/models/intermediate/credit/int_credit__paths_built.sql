with candidates as (

    select
        job_key,
        position_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        evidence_rank,
        identity_rank,
        method,
        match_probability,
        days_after_in_home,
        in_home_on,
        coalesce(reject_reason = 'superseded by a code', false) as is_outcoded,
        position_at
    from {{ ref('int_matching__candidates_judged') }}
    where
        reject_reason is null
        or reject_reason in ('superseded in its wave', 'superseded by a code')

),

jobs as (

    select
        job_key,
        first_contact_at
    from {{ ref('int_matching__jobs_ready') }}

),

campaign_windows as (

    select
        campaign_key,
        window_label,
        window_days
    from {{ ref('int_campaigns__windows_listed') }}

),

windows as (

    select window_label
    from {{ ref('stg_matchback__setting_windows') }}

),

candidate_windows as (

    select
        candidates.job_key,
        windows.window_label,
        candidates.position_key,
        candidates.mail_piece_key,
        candidates.touch_key,
        candidates.campaign_key,
        candidates.wave,
        candidates.channel,
        candidates.evidence_rank,
        candidates.identity_rank,
        candidates.method,
        candidates.match_probability,
        candidates.in_home_on,
        candidates.is_outcoded,
        candidates.position_at
    from candidates
    cross join windows
    left join campaign_windows
        on candidates.campaign_key = campaign_windows.campaign_key
        and windows.window_label = campaign_windows.window_label
    where
        candidates.channel <> 'direct_mail'
        or campaign_windows.window_days is null
        or candidates.days_after_in_home < campaign_windows.window_days

),

-- Rivals of one wave, and a code against a mere word, are settled within the window: a stronger piece outside it
-- takes nothing away.
candidates_ranked as (

    select
        job_key,
        window_label,
        position_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        evidence_rank,
        identity_rank,
        method,
        match_probability,
        in_home_on,
        position_at,
        is_outcoded
        and max(mail_piece_key is not null and evidence_rank = 1) over (
            partition by job_key, window_label
        ) as is_outcoded,
        row_number() over (
            partition by job_key, window_label, campaign_key, wave, mail_piece_key is null
            order by evidence_rank, identity_rank, in_home_on desc, mail_piece_key
        ) as wave_rank
    from candidate_windows

),

positions as (

    select
        candidates_ranked.job_key,
        candidates_ranked.window_label,
        candidates_ranked.position_key,
        candidates_ranked.mail_piece_key,
        candidates_ranked.touch_key,
        candidates_ranked.campaign_key,
        candidates_ranked.wave,
        candidates_ranked.channel,
        candidates_ranked.evidence_rank,
        candidates_ranked.identity_rank,
        candidates_ranked.method,
        candidates_ranked.match_probability,
        candidates_ranked.in_home_on,
        candidates_ranked.position_at as occurred_at,
        jobs.first_contact_at
    from candidates_ranked
    inner join jobs
        on candidates_ranked.job_key = jobs.job_key
    where
        not candidates_ranked.is_outcoded
        and (
            candidates_ranked.mail_piece_key is null
            or candidates_ranked.wave_rank = 1
        )

),

paths_built as (

    select
        job_key,
        window_label,
        position_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        evidence_rank,
        identity_rank,
        method,
        match_probability,
        cast(row_number() over path as integer) as position_number,
        cast(count(*) over (partition by job_key, window_label) as integer) as position_count,
        in_home_on,
        occurred_at,
        first_contact_at
    from positions
    window path as (
        partition by job_key, window_label
        order by occurred_at, position_key
    )

)

select * from paths_built
