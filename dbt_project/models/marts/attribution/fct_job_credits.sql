-- The earlier build's rows are taken out before this table is rebuilt.
-- depends_on: {{ ref('int_credit__previous_credits_kept') }}
with job_credits as (

    select
        model,
        window_label,
        job_key,
        position_key,
        credit_share,
        net_cents,
        collected_cents,
        margin_cents
    from {{ ref('int_credit__job_credits_split') }}

),

paths as (

    select
        job_key,
        window_label,
        position_key,
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        method,
        match_probability
    from {{ ref('int_credit__paths_built') }}

),

models as (

    select
        model,
        window_label,
        is_headline
    from {{ ref('int_credit__models_listed') }}

),

jobs as (

    select
        job_key,
        account,
        location_key,
        state,
        customer_class,
        margin_estimated_share,
        invoice_count,
        created_on,
        completed_on
    from {{ ref('fct_jobs') }}

),

first_lines as (

    select
        job_key,
        min(happened_on) as happened_on
    from {{ ref('fct_invoice_lines') }}
    where job_key is not null
    group by job_key

),

job_credits_completed as (

    select
        {{ surrogate_key(['job_credits.job_key', 'job_credits.model', 'job_credits.window_label', 'job_credits.position_key']) }}
            as job_credit_key,
        job_credits.model,
        job_credits.window_label,
        jobs.account,
        jobs.location_key,
        job_credits.job_key,
        paths.mail_piece_key,
        paths.touch_key,
        paths.campaign_key,
        paths.wave,
        paths.channel,
        paths.method,
        jobs.state,
        jobs.customer_class,
        cast(job_credits.credit_share as double) as credit_share,
        cast(paths.match_probability as double) as match_probability,
        {{ amount('job_credits.net_cents') }} as net_revenue_amount,
        {{ amount('job_credits.collected_cents') }} as collected_amount,
        {{ amount('job_credits.margin_cents') }} as margin_amount,
        {{ amount(
            'cast(round(abs(job_credits.net_cents) * coalesce(jobs.margin_estimated_share, 0), 0) as bigint)'
        ) }} as estimated_net_amount,
        models.is_headline,
        jobs.state = 'Completed' as is_completed,
        jobs.invoice_count > 0 as is_invoiced,
        jobs.created_on,
        coalesce(first_lines.happened_on, jobs.completed_on, jobs.created_on) as earned_on
    from job_credits
    inner join models
        on job_credits.model = models.model
        and job_credits.window_label = models.window_label
    inner join paths
        on job_credits.job_key = paths.job_key
        and job_credits.window_label = paths.window_label
        and job_credits.position_key = paths.position_key
    inner join jobs
        on job_credits.job_key = jobs.job_key
    left join first_lines
        on job_credits.job_key = first_lines.job_key

)

select * from job_credits_completed
