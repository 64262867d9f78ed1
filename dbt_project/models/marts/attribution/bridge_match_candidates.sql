with candidates as (

    select
        candidate_key,
        job_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        evidence_rank,
        method,
        reject_reason,
        match_probability,
        days_after_start,
        position_at
    from {{ ref('int_matching__candidates_judged') }}

),

jobs as (

    select
        job_key,
        account,
        location_key
    from {{ ref('int_jobs__keyed') }}

),

candidates_located as (

    select
        candidates.candidate_key,
        candidates.job_key,
        jobs.account,
        jobs.location_key,
        candidates.mail_piece_key,
        candidates.touch_key,
        candidates.campaign_key,
        candidates.wave,
        candidates.channel,
        candidates.method,
        candidates.reject_reason,
        cast(candidates.evidence_rank as integer) as evidence_rank,
        cast(candidates.match_probability as double) as match_probability,
        cast(candidates.days_after_start as integer) as days_after_start,
        candidates.reject_reason is null as is_accepted,
        candidates.position_at,
        {{ local_date('candidates.position_at') }} as position_on
    from candidates
    inner join jobs
        on candidates.job_key = jobs.job_key

)

select * from candidates_located
