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

-- Windows and completed jobs of a household on one line of time; a job of the very day comes after.
household_events as (

    select
        household_key,
        mail_piece_key,
        window_starts_on as happened_on,
        0 as is_completion,
        cast(null as date) as completed_on
    from mail_pieces
    where household_key is not null
    union all
    select
        household_key,
        cast(null as varchar) as mail_piece_key,
        completed_on as happened_on,
        1 as is_completion,
        completed_on
    from jobs

),

events_looked_back as (

    select
        mail_piece_key,
        max(completed_on) over (
            partition by household_key
            order by happened_on, is_completion
            rows between unbounded preceding and current row
        ) as last_completed_on
    from household_events

),

last_jobs as (

    select
        mail_piece_key,
        last_completed_on
    from events_looked_back
    where
        mail_piece_key is not null
        and last_completed_on is not null

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
            when histories.history_starts_on > {{ month_add('mail_pieces.window_starts_on', -24) }} then null
            when last_jobs.mail_piece_key is null then 'new'
            when last_jobs.last_completed_on < {{ month_add('mail_pieces.window_starts_on', -24) }} then 'reactivated'
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
