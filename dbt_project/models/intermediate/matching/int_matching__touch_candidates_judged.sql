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

evidenced_campaigns as (

    select
        job_key,
        campaign_key
    from {{ ref('int_matching__campaigns_evidenced') }}

),

run_context as (

    select touch_window_days
    from {{ ref('stg_matchback__run_context') }}

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
        touch_evidence.evidence_rank as identity_rank,
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
touch_candidates_judged as (

    select
        touch_candidates.job_key,
        touch_candidates.mail_piece_key,
        touch_candidates.touch_key,
        touch_candidates.campaign_key,
        touch_candidates.wave,
        touch_candidates.channel,
        touch_candidates.evidence_rank,
        touch_candidates.identity_rank,
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

)

select * from touch_candidates_judged
