with credits as (

    select
        model,
        window_label,
        job_key,
        invoice_line_key,
        mail_piece_key,
        campaign_key,
        account,
        location_key,
        method,
        match_probability,
        credit_amount
    from {{ ref('bridge_attribution_credits') }}
    where
        is_headline
        and mail_piece_key is not null

),

lines as (

    select
        invoice_line_key,
        invoice_key
    from {{ ref('fct_invoice_lines') }}

),

invoices as (

    select
        invoice_key,
        source,
        invoice_id,
        invoice_number,
        net_revenue_amount,
        collected_amount,
        issued_on
    from {{ ref('fct_invoices') }}

),

jobs as (

    select
        job_key,
        source,
        job_id,
        job_number,
        state,
        first_contact_on
    from {{ ref('fct_jobs') }}

),

mail_pieces as (

    select
        mail_piece_key,
        source,
        mail_piece_id,
        wave,
        in_home_on
    from {{ ref('fct_mail_pieces') }}

),

campaigns as (

    select
        campaign_key,
        campaign_name
    from {{ ref('dim_campaigns') }}

),

tags as (

    select
        job_key,
        string_agg(tag, ', ' order by tag) as job_tags
    from {{ ref('bridge_job_tags') }}
    group by job_key

),

matches as (

    select
        credits.model,
        credits.window_label,
        credits.job_key,
        lines.invoice_key,
        credits.mail_piece_key,
        credits.campaign_key,
        credits.account,
        credits.location_key,
        min(credits.method) as method,
        min(credits.match_probability) as match_probability,
        sum(credits.credit_amount) as attributed_amount
    from credits
    left join lines
        on credits.invoice_line_key = lines.invoice_line_key
    group by
        credits.model,
        credits.window_label,
        credits.job_key,
        lines.invoice_key,
        credits.mail_piece_key,
        credits.campaign_key,
        credits.account,
        credits.location_key

),

matches_described as (

    select
        matches.mail_piece_key,
        matches.job_key,
        matches.invoice_key,
        matches.campaign_key,
        matches.account,
        matches.location_key,
        mail_pieces.source as mail_piece_source,
        mail_pieces.mail_piece_id,
        jobs.source as job_source,
        jobs.job_id,
        jobs.job_number,
        invoices.source as invoice_source,
        invoices.invoice_id,
        invoices.invoice_number,
        campaigns.campaign_name,
        mail_pieces.wave,
        matches.model,
        matches.window_label,
        matches.method,
        jobs.state as job_state,
        tags.job_tags,
        cast(matches.match_probability as double) as match_probability,
        cast({{ days_between('mail_pieces.in_home_on', 'jobs.first_contact_on') }} as integer) as days_to_job,
        invoices.net_revenue_amount,
        cast(matches.attributed_amount as decimal(18, 2)) as attributed_amount,
        invoices.collected_amount,
        mail_pieces.in_home_on,
        jobs.first_contact_on,
        invoices.issued_on
    from matches
    inner join mail_pieces
        on matches.mail_piece_key = mail_pieces.mail_piece_key
    inner join jobs
        on matches.job_key = jobs.job_key
    left join invoices
        on matches.invoice_key = invoices.invoice_key
    left join campaigns
        on matches.campaign_key = campaigns.campaign_key
    left join tags
        on matches.job_key = tags.job_key

)

select * from matches_described
