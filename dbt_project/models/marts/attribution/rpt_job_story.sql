with jobs as (

    select
        job_key,
        account,
        location_key,
        state,
        job_number,
        job_id,
        first_contact_kind,
        not_eligible_because,
        created_at,
        first_contact_at,
        started_at,
        approved_at,
        completed_at,
        cancelled_at
    from {{ ref('fct_jobs') }}

),

candidates as (

    select
        job_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        method,
        reject_reason,
        evidence_rank,
        match_probability,
        days_after_start,
        is_accepted,
        position_at
    from {{ ref('bridge_match_candidates') }}

),

mail_pieces as (

    select
        mail_piece_key,
        {{ masked_text('mail_piece_id') }} as mail_piece_id,
        status,
        in_home_on,
        is_in_home_estimated,
        in_home_method
    from {{ ref('fct_mail_pieces') }}

),

touches as (

    select
        touch_key,
        mail_piece_key,
        campaign_key,
        job_key,
        kind,
        channel,
        occurred_at
    from {{ ref('fct_touches') }}

),

campaigns as (

    select
        campaign_key,
        {{ masked_text('campaign_name') }} as campaign_name
    from {{ ref('dim_campaigns') }}

),

lines as (

    select
        invoice_line_key,
        job_key,
        kind,
        amount,
        net_amount,
        happened_on
    from {{ ref('fct_invoice_lines') }}
    where job_key is not null

),

credits as (

    select
        model,
        window_label,
        job_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        channel,
        unattributed_reason,
        credit_share,
        credit_amount,
        is_headline
    from {{ ref('bridge_attribution_credits') }}
    where job_key is not null

),

headlines as (

    select window_label
    from {{ ref('int_credit__models_listed') }}
    where is_headline

),

lift as (

    select
        campaign_key,
        verdict_text
    from {{ ref('rpt_campaign_summary') }}
    group by
        campaign_key,
        verdict_text

),

piece_steps as (

    select
        candidates.job_key,
        10 as phase,
        {{ local_midnight('mail_pieces.in_home_on') }} as happened_at,
        'mail' as kind,
        'Postcard ' || mail_pieces.mail_piece_id || coalesce(' of ' || campaigns.campaign_name, '')
        || coalesce(', wave ' || candidates.wave, '')
        || case when mail_pieces.is_in_home_estimated then ' in home by estimate (' else ' in home (' end
        || coalesce(mail_pieces.in_home_method, 'no date') || '), status ' || mail_pieces.status || '.' as text,
        candidates.mail_piece_key,
        cast(null as varchar) as touch_key,
        cast(null as varchar) as invoice_line_key,
        cast(null as decimal(18, 2)) as credit_amount
    from candidates
    inner join mail_pieces
        on candidates.mail_piece_key = mail_pieces.mail_piece_key
    left join campaigns
        on candidates.campaign_key = campaigns.campaign_key

),

touched_jobs as (

    select
        job_key,
        touch_key
    from touches
    where job_key is not null
    union
    select
        job_key,
        touch_key
    from candidates
    where touch_key is not null
    union
    select
        candidates.job_key,
        touches.touch_key
    from candidates
    inner join touches
        on candidates.mail_piece_key = touches.mail_piece_key

),

touch_steps as (

    select
        touched_jobs.job_key,
        10 as phase,
        touches.occurred_at as happened_at,
        'touch' as kind,
        'Touch: ' || replace(touches.kind, '_', ' ') || ' (' || replace(touches.channel, '_', ' ') || ')'
        || coalesce(', campaign ' || campaigns.campaign_name, '') || '.' as text,
        touches.mail_piece_key,
        touches.touch_key,
        cast(null as varchar) as invoice_line_key,
        cast(null as decimal(18, 2)) as credit_amount
    from touched_jobs
    inner join touches
        on touched_jobs.touch_key = touches.touch_key
    left join campaigns
        on touches.campaign_key = campaigns.campaign_key

),

job_steps as (

    {% for column, text in [
        ('first_contact_at', "'First contact (' || replace(first_contact_kind, '_', ' ') || ').'"),
        ('created_at', "'Job ' || coalesce(job_number, job_id) || ' created.'"),
        ('started_at', "'Work started.'"),
        ('approved_at', "'Client approved.'"),
        ('completed_at', "'Job completed.'"),
        ('cancelled_at', "'Job cancelled.'"),
    ] -%}
    select
        job_key,
        10 as phase,
        {{ column }} as happened_at,
        'job' as kind,
        {{ text }} as text,
        cast(null as varchar) as mail_piece_key,
        cast(null as varchar) as touch_key,
        cast(null as varchar) as invoice_line_key,
        cast(null as decimal(18, 2)) as credit_amount
    from jobs
    where {{ column }} is not null
    union all
    {% endfor -%}
    select
        job_key,
        20 as phase,
        cast(null as timestamp with time zone) as happened_at,
        'candidate' as kind,
        'No card could earn this job: ' || not_eligible_because || '.' as text,
        cast(null as varchar) as mail_piece_key,
        cast(null as varchar) as touch_key,
        cast(null as varchar) as invoice_line_key,
        cast(null as decimal(18, 2)) as credit_amount
    from jobs
    where not_eligible_because is not null

),

invoice_steps as (

    select
        job_key,
        10 as phase,
        {{ local_midnight('happened_on') }} as happened_at,
        'invoice' as kind,
        'Invoice line, ' || replace(kind, '_', ' ') || ': ' || cast(amount as varchar)
        || ', net ' || cast(net_amount as varchar) || '.' as text,
        cast(null as varchar) as mail_piece_key,
        cast(null as varchar) as touch_key,
        invoice_line_key,
        cast(null as decimal(18, 2)) as credit_amount
    from lines

),

candidate_steps as (

    select
        candidates.job_key,
        20 as phase,
        cast(null as timestamp with time zone) as happened_at,
        'candidate' as kind,
        coalesce(
            'Postcard ' || mail_pieces.mail_piece_id,
            'Campaign ' || campaigns.campaign_name,
            'Touch by ' || replace(candidates.channel, '_', ' ')
        )
        || case when candidates.is_accepted then ' accepted' else ' refused, ' || candidates.reject_reason end
        || ': evidence ' || cast(candidates.evidence_rank as varchar) || ' (' || candidates.method || ')'
        || coalesce(', probability ' || printf('%.3f', candidates.match_probability), '')
        || coalesce(', day ' || cast(candidates.days_after_start as varchar) || ' of its window', '') || '.' as text,
        candidates.mail_piece_key,
        candidates.touch_key,
        cast(null as varchar) as invoice_line_key,
        cast(null as decimal(18, 2)) as credit_amount
    from candidates
    left join mail_pieces
        on candidates.mail_piece_key = mail_pieces.mail_piece_key
    left join campaigns
        on candidates.campaign_key = campaigns.campaign_key

),

credited_jobs as (

    select
        credits.model,
        credits.window_label,
        credits.job_key,
        credits.mail_piece_key,
        credits.touch_key,
        credits.campaign_key,
        credits.channel,
        credits.unattributed_reason,
        credits.is_headline,
        max(credits.credit_share) as credit_share,
        sum(credits.credit_amount) as credit_amount
    from credits
    inner join headlines
        on credits.window_label = headlines.window_label
    where
        credits.is_headline
        or credits.unattributed_reason is null
    group by
        credits.model,
        credits.window_label,
        credits.job_key,
        credits.mail_piece_key,
        credits.touch_key,
        credits.campaign_key,
        credits.channel,
        credits.unattributed_reason,
        credits.is_headline

),

credit_steps as (

    select
        credited_jobs.job_key,
        case when credited_jobs.is_headline then 30 else 31 end as phase,
        cast(null as timestamp with time zone) as happened_at,
        'credit' as kind,
        case when credited_jobs.is_headline then 'Headline, model ' else 'Model ' end
        || replace(credited_jobs.model, '_', ' ') || ', window ' || credited_jobs.window_label || ': '
        || case
            when credited_jobs.unattributed_reason is not null
                then 'nobody (' || credited_jobs.unattributed_reason || ')'
            else printf('%.1f', credited_jobs.credit_share * 100) || ' % to '
                || coalesce(
                    'postcard ' || mail_pieces.mail_piece_id,
                    'campaign ' || campaigns.campaign_name,
                    replace(credited_jobs.channel, '_', ' ')
                )
        end
        || ', ' || cast(credited_jobs.credit_amount as varchar) || '.' as text,
        credited_jobs.mail_piece_key,
        credited_jobs.touch_key,
        cast(null as varchar) as invoice_line_key,
        cast(credited_jobs.credit_amount as decimal(18, 2)) as credit_amount
    from credited_jobs
    left join mail_pieces
        on credited_jobs.mail_piece_key = mail_pieces.mail_piece_key
    left join campaigns
        on credited_jobs.campaign_key = campaigns.campaign_key

),

lift_steps as (

    select
        credited_jobs.job_key,
        40 as phase,
        cast(null as timestamp with time zone) as happened_at,
        'lift' as kind,
        campaigns.campaign_name || ': ' || lift.verdict_text as text,
        cast(null as varchar) as mail_piece_key,
        cast(null as varchar) as touch_key,
        cast(null as varchar) as invoice_line_key,
        cast(null as decimal(18, 2)) as credit_amount
    from credited_jobs
    inner join lift
        on credited_jobs.campaign_key = lift.campaign_key
    inner join campaigns
        on credited_jobs.campaign_key = campaigns.campaign_key
    where credited_jobs.is_headline
    group by
        credited_jobs.job_key,
        campaigns.campaign_name,
        lift.verdict_text

),

steps as (

    {% for steps in ['piece_steps', 'touch_steps', 'job_steps', 'invoice_steps', 'candidate_steps', 'credit_steps', 'lift_steps'] -%}
    select
        job_key,
        phase,
        happened_at,
        kind,
        text,
        mail_piece_key,
        touch_key,
        invoice_line_key,
        credit_amount
    from {{ steps }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

story as (

    select
        steps.job_key,
        jobs.account,
        jobs.location_key,
        cast(row_number() over (
            partition by steps.job_key
            order by
                steps.phase,
                steps.happened_at nulls last,
                steps.kind,
                steps.text,
                steps.mail_piece_key,
                steps.touch_key,
                steps.invoice_line_key
        ) as integer) as step,
        steps.kind,
        steps.text,
        steps.mail_piece_key,
        steps.touch_key,
        steps.invoice_line_key,
        steps.credit_amount,
        steps.happened_at,
        {{ local_date('steps.happened_at') }} as happened_on
    from steps
    inner join jobs
        on steps.job_key = jobs.job_key

)

select * from story
order by
    job_key,
    step
