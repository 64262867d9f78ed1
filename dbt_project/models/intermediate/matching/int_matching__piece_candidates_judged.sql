with jobs as (

    select
        job_key,
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
        identity_rank,
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

piece_candidates_judged as (

    select
        piece_evidence.job_key,
        piece_evidence.mail_piece_key,
        cast(null as varchar) as touch_key,
        piece_evidence.campaign_key,
        mail_pieces.wave,
        'direct_mail' as channel,
        piece_evidence.evidence_rank,
        piece_evidence.identity_rank,
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

)

select * from piece_candidates_judged
