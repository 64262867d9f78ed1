with candidates as (

    select
        job_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        evidence_rank,
        identity_rank,
        method,
        match_probability,
        days_after_start,
        days_after_in_home,
        reject_reason,
        position_at,
        in_home_on
    from {{ ref('int_matching__piece_candidates_judged') }}
    union all
    select
        job_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        evidence_rank,
        identity_rank,
        method,
        match_probability,
        days_after_start,
        days_after_in_home,
        reject_reason,
        position_at,
        in_home_on
    from {{ ref('int_matching__campaign_candidates_judged') }}
    union all
    select
        job_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        evidence_rank,
        identity_rank,
        method,
        match_probability,
        days_after_start,
        days_after_in_home,
        reject_reason,
        position_at,
        in_home_on
    from {{ ref('int_matching__touch_candidates_judged') }}

),

-- Pieces of one wave are rivals: the strongest evidence (of equal rank: the person before
-- the address before the household), then the latest in home, then the key.
candidates_ranked as (

    select
        job_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        evidence_rank,
        identity_rank,
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
            order by evidence_rank, identity_rank, in_home_on desc, mail_piece_key
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
        identity_rank,
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
