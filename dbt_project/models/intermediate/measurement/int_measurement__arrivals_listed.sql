with waves as (

    select
        campaign_key,
        wave,
        model,
        window_starts_on
    from {{ ref('int_measurement__waves_observed') }}

),

mail_pieces as (

    select
        mail_piece_key,
        campaign_key,
        wave,
        first_responded_at
    from {{ ref('fct_mail_pieces') }}

),

jobs as (

    select
        job_key,
        first_contact_at
    from {{ ref('fct_jobs') }}

),

credits as (

    select
        model,
        window_days,
        job_key,
        mail_piece_key,
        credit_share
    from {{ ref('bridge_attribution_credits') }}
    where
        mail_piece_key is not null
        and job_key is not null
        and window_label = '60'

),

-- A job's share for a piece is the same on each of its lines.
job_shares as (

    select
        model,
        job_key,
        mail_piece_key,
        max(credit_share) as credit_share
    from credits
    group by
        model,
        job_key,
        mail_piece_key

),

jobs_arrived as (

    select
        waves.campaign_key,
        waves.wave,
        'job' as kind,
        job_shares.job_key || '|' || job_shares.mail_piece_key as arrival_key,
        cast(job_shares.credit_share as double) as arrival_share,
        greatest(0, {{ days_between('waves.window_starts_on', local_date('jobs.first_contact_at')) }}) as day
    from job_shares
    inner join mail_pieces
        on job_shares.mail_piece_key = mail_pieces.mail_piece_key
    inner join waves
        on mail_pieces.campaign_key = waves.campaign_key
        and mail_pieces.wave = waves.wave
        and job_shares.model = waves.model
    inner join jobs
        on job_shares.job_key = jobs.job_key

),

pieces_responded as (

    select
        waves.campaign_key,
        waves.wave,
        'response' as kind,
        mail_pieces.mail_piece_key as arrival_key,
        cast(1 as double) as arrival_share,
        greatest(0, {{ days_between('waves.window_starts_on', local_date('mail_pieces.first_responded_at')) }}) as day
    from mail_pieces
    inner join waves
        on mail_pieces.campaign_key = waves.campaign_key
        and mail_pieces.wave = waves.wave
    where mail_pieces.first_responded_at is not null

),

arrivals_listed as (

    select
        campaign_key,
        wave,
        kind,
        arrival_key,
        arrival_share,
        day
    from jobs_arrived
    union all
    select
        campaign_key,
        wave,
        kind,
        arrival_key,
        arrival_share,
        day
    from pieces_responded

)

select * from arrivals_listed
