with mail_pieces as (

    select
        mail_piece_key,
        campaign_key,
        wave,
        cell,
        household_key,
        trigger_job_key,
        status,
        mail_class,
        postal_code,
        is_mailed,
        mailed_on,
        in_home_on,
        window_starts_on,
        first_responded_on,
        cost_amount
    from {{ ref('fct_mail_pieces') }}
    where campaign_key is not null

),

campaigns as (

    select
        campaign_key,
        creative,
        offer,
        list_source
    from {{ ref('dim_campaigns') }}

),

jobs as (

    select
        household_key,
        completed_on,
        created_on
    from {{ ref('fct_jobs') }}
    where
        state = 'Completed'
        and net_revenue_amount > 0
        and household_key is not null
        and completed_on is not null

),

histories as (

    select min(created_on) as history_starts_on
    from {{ ref('fct_jobs') }}

),

last_jobs as (

    select
        mail_pieces.mail_piece_key,
        jobs.completed_on as last_completed_on
    from mail_pieces
    asof inner join jobs
        on mail_pieces.household_key = jobs.household_key
        and mail_pieces.window_starts_on > jobs.completed_on

),

pieces_described as (

    select
        mail_pieces.mail_piece_key,
        mail_pieces.campaign_key,
        mail_pieces.wave,
        mail_pieces.trigger_job_key,
        mail_pieces.status,
        mail_pieces.postal_code,
        cast(cast(date_trunc('week', mail_pieces.mailed_on) as date) as varchar) as week,
        campaigns.creative,
        campaigns.offer,
        campaigns.list_source,
        mail_pieces.mail_class,
        mail_pieces.cell,
        case
            when mail_pieces.household_key is null then null
            when histories.history_starts_on > mail_pieces.window_starts_on - interval 24 month then null
            when last_jobs.mail_piece_key is null then 'new'
            when last_jobs.last_completed_on < mail_pieces.window_starts_on - interval 24 month then 'reactivated'
            else 'active'
        end as customer_class,
        cast(mail_pieces.cost_amount * 100 as bigint) as cost_cents,
        mail_pieces.is_mailed,
        mail_pieces.in_home_on,
        case when mail_pieces.is_mailed then mail_pieces.first_responded_on end as first_responded_on
    from mail_pieces
    cross join histories
    inner join campaigns
        on mail_pieces.campaign_key = campaigns.campaign_key
    left join last_jobs
        on mail_pieces.mail_piece_key = last_jobs.mail_piece_key

)

select * from pieces_described
