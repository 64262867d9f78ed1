{{ config(meta={'dagster': {'ref': {'name': 'bridge_attribution_credits'}}}) }}
-- A credited piece: first contact lies before in-home date + window, and not before the window opened unless
-- an answer to the piece was seen by then.
with credits as (

    select
        job_key,
        mail_piece_key,
        window_days
    from {{ ref('bridge_attribution_credits') }}
    where mail_piece_key is not null
    group by
        job_key,
        mail_piece_key,
        window_days

),

jobs as (

    select
        job_key,
        first_contact_on
    from {{ ref('fct_jobs') }}

),

mail_pieces as (

    select
        mail_piece_key,
        in_home_on,
        opens_on
    from {{ ref('int_mail__pieces_windowed') }}

)

select
    credits.job_key,
    credits.mail_piece_key,
    credits.window_days,
    jobs.first_contact_on,
    mail_pieces.in_home_on
from credits
inner join jobs
    on credits.job_key = jobs.job_key
inner join mail_pieces
    on credits.mail_piece_key = mail_pieces.mail_piece_key
where
    jobs.first_contact_on < mail_pieces.opens_on
    or jobs.first_contact_on >= {{ day_add('mail_pieces.in_home_on', 'credits.window_days') }}
