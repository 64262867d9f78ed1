with jobs as (

    select
        job_key,
        customer_key,
        household_key,
        customer_household_key,
        address_key,
        match_probability,
        first_contact_on
    from {{ ref('int_matching__jobs_ready') }}

),

mail_pieces as (

    select
        mail_piece_key,
        campaign_key,
        customer_key,
        household_key,
        address_key,
        match_probability,
        posted_on,
        in_home_on,
        closes_on
    from {{ ref('int_mail__pieces_windowed') }}

),

evidence as (

    select
        job_key,
        mail_piece_key,
        campaign_key,
        method
    from {{ ref('int_matching__job_evidence_collected') }}

),

-- Identity alone is considered from the day a card was posted to the end of its longest window.
identity_matches as (

    select
        jobs.job_key,
        mail_pieces.mail_piece_key,
        mail_pieces.campaign_key,
        4 as evidence_rank,
        'person' as method,
        least(jobs.match_probability, mail_pieces.match_probability) as match_probability
    from jobs
    inner join mail_pieces
        on jobs.customer_key = mail_pieces.customer_key
        and jobs.first_contact_on >= mail_pieces.posted_on
        and jobs.first_contact_on < mail_pieces.closes_on
    union all
    select
        jobs.job_key,
        mail_pieces.mail_piece_key,
        mail_pieces.campaign_key,
        5 as evidence_rank,
        'address' as method,
        least(jobs.match_probability, mail_pieces.match_probability) as match_probability
    from jobs
    inner join mail_pieces
        on jobs.address_key = mail_pieces.address_key
        and jobs.first_contact_on >= mail_pieces.posted_on
        and jobs.first_contact_on < mail_pieces.closes_on
    union all
    select
        jobs.job_key,
        mail_pieces.mail_piece_key,
        mail_pieces.campaign_key,
        6 as evidence_rank,
        'household' as method,
        least(jobs.match_probability, mail_pieces.match_probability) as match_probability
    from jobs
    inner join mail_pieces
        on jobs.household_key = mail_pieces.household_key
        and jobs.first_contact_on >= mail_pieces.posted_on
        and jobs.first_contact_on < mail_pieces.closes_on
    union all
    select
        jobs.job_key,
        mail_pieces.mail_piece_key,
        mail_pieces.campaign_key,
        6 as evidence_rank,
        'household' as method,
        least(jobs.match_probability, mail_pieces.match_probability) as match_probability
    from jobs
    inner join mail_pieces
        on jobs.customer_household_key = mail_pieces.household_key
        and jobs.first_contact_on >= mail_pieces.posted_on
        and jobs.first_contact_on < mail_pieces.closes_on
    where jobs.customer_household_key <> jobs.household_key

),

campaign_evidence as (

    select
        job_key,
        campaign_key,
        min(method) as method
    from evidence
    where
        mail_piece_key is null
        and campaign_key is not null
    group by
        job_key,
        campaign_key

),

campaign_jobs as (

    select
        campaign_evidence.job_key,
        campaign_evidence.campaign_key,
        campaign_evidence.method,
        jobs.customer_key,
        jobs.household_key,
        jobs.customer_household_key,
        jobs.address_key,
        jobs.match_probability
    from campaign_evidence
    inner join jobs
        on campaign_evidence.job_key = jobs.job_key

),

-- Campaign evidence names no window: every card of that campaign to that person is considered.
campaign_matches as (

    select
        campaign_jobs.job_key,
        mail_pieces.mail_piece_key,
        campaign_jobs.campaign_key,
        2 as evidence_rank,
        campaign_jobs.method || ' + person' as method,
        1 as identity_rank,
        least(campaign_jobs.match_probability, mail_pieces.match_probability) as match_probability
    from campaign_jobs
    inner join mail_pieces
        on campaign_jobs.campaign_key = mail_pieces.campaign_key
        and campaign_jobs.customer_key = mail_pieces.customer_key
    union all
    select
        campaign_jobs.job_key,
        mail_pieces.mail_piece_key,
        campaign_jobs.campaign_key,
        2 as evidence_rank,
        campaign_jobs.method || ' + address' as method,
        2 as identity_rank,
        least(campaign_jobs.match_probability, mail_pieces.match_probability) as match_probability
    from campaign_jobs
    inner join mail_pieces
        on campaign_jobs.campaign_key = mail_pieces.campaign_key
        and campaign_jobs.address_key = mail_pieces.address_key
    union all
    select
        campaign_jobs.job_key,
        mail_pieces.mail_piece_key,
        campaign_jobs.campaign_key,
        2 as evidence_rank,
        campaign_jobs.method || ' + household' as method,
        3 as identity_rank,
        least(campaign_jobs.match_probability, mail_pieces.match_probability) as match_probability
    from campaign_jobs
    inner join mail_pieces
        on campaign_jobs.campaign_key = mail_pieces.campaign_key
        and campaign_jobs.household_key = mail_pieces.household_key
    union all
    select
        campaign_jobs.job_key,
        mail_pieces.mail_piece_key,
        campaign_jobs.campaign_key,
        2 as evidence_rank,
        campaign_jobs.method || ' + household' as method,
        3 as identity_rank,
        least(campaign_jobs.match_probability, mail_pieces.match_probability) as match_probability
    from campaign_jobs
    inner join mail_pieces
        on campaign_jobs.campaign_key = mail_pieces.campaign_key
        and campaign_jobs.customer_household_key = mail_pieces.household_key
    where campaign_jobs.customer_household_key <> campaign_jobs.household_key

),

matches as (

    select
        evidence.job_key,
        evidence.mail_piece_key,
        mail_pieces.campaign_key,
        1 as evidence_rank,
        evidence.method,
        0 as identity_rank,
        cast(1 as double) as match_probability
    from evidence
    inner join mail_pieces
        on evidence.mail_piece_key = mail_pieces.mail_piece_key
    union all
    select
        job_key,
        mail_piece_key,
        campaign_key,
        evidence_rank,
        method,
        identity_rank,
        match_probability
    from campaign_matches
    union all
    select
        job_key,
        mail_piece_key,
        campaign_key,
        evidence_rank,
        method,
        evidence_rank as identity_rank,
        match_probability
    from identity_matches

),

matches_ranked as (

    select
        job_key,
        mail_piece_key,
        campaign_key,
        evidence_rank,
        identity_rank,
        method,
        match_probability,
        row_number() over (
            partition by
                job_key,
                mail_piece_key
            order by evidence_rank, identity_rank, method, match_probability desc
        ) as match_rank
    from matches

),

-- One row a job and piece: its strongest evidence.
piece_evidence as (

    select
        job_key,
        mail_piece_key,
        campaign_key,
        evidence_rank,
        identity_rank,
        method,
        match_probability
    from matches_ranked
    where match_rank = 1

)

select * from piece_evidence
