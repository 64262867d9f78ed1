with campaigns as (

    select
        campaign_key,
        account,
        location_key,
        campaign_name,
        response_window_days
    from {{ ref('dim_campaigns') }}

),

waves as (

    select
        campaign_key,
        unspread_cost_amount,
        is_data_complete,
        last_in_home_on,
        as_of_on
    from {{ ref('fct_campaign_waves') }}

),

models as (

    select
        model,
        window_label,
        window_days
    from {{ ref('int_credit__models_listed') }}
    where is_headline

),

mail_pieces as (

    select
        campaign_key,
        location_key,
        status,
        is_mailed,
        in_home_on,
        first_responded_on,
        cost_amount
    from {{ ref('fct_mail_pieces') }}
    where campaign_key is not null

),

job_credits as (

    select
        campaign_key,
        location_key,
        state,
        credit_share,
        net_revenue_amount,
        collected_amount,
        margin_amount,
        estimated_net_amount,
        is_completed,
        is_invoiced,
        created_on
    from {{ ref('fct_job_credits') }}
    where
        is_headline
        and campaign_key is not null

),

lift as (

    select
        campaign_key,
        iroi,
        iroi_ci_low,
        iroi_ci_high,
        verdict
    from {{ ref('rpt_campaign_lift') }}
    where
        wave = '(all)'
        and is_primary

),

campaign_windows as (

    select
        campaigns.campaign_key,
        models.model,
        models.window_label,
        cast(coalesce(models.window_days, campaigns.response_window_days) as integer) as window_days,
        min(waves.is_data_complete) as is_data_complete,
        coalesce(
            bool_and(
                waves.as_of_on >= waves.last_in_home_on
                + coalesce(models.window_days, campaigns.response_window_days)
            ),
            false
        ) as is_window_closed,
        max(waves.as_of_on) as as_of_on,
        sum(waves.unspread_cost_amount) as unspread_cost_amount
    from campaigns
    cross join models
    inner join waves
        on campaigns.campaign_key = waves.campaign_key
    group by
        campaigns.campaign_key,
        models.model,
        models.window_label,
        coalesce(models.window_days, campaigns.response_window_days)

),

piece_sums as (

    select
        mail_pieces.campaign_key,
        mail_pieces.location_key,
        count(*) filter (where mail_pieces.is_mailed) as pieces_mailed,
        count(*) filter (
            where mail_pieces.is_mailed
            and mail_pieces.status in ('Sent', 'Delivered')
            and mail_pieces.in_home_on <= campaign_windows.as_of_on
        ) as pieces_in_home,
        count(*) filter (
            where mail_pieces.is_mailed
            and mail_pieces.first_responded_on < mail_pieces.in_home_on + campaign_windows.window_days
        ) as direct_responses,
        sum(mail_pieces.cost_amount) as cost_amount
    from mail_pieces
    inner join campaign_windows
        on mail_pieces.campaign_key = campaign_windows.campaign_key
    group by
        mail_pieces.campaign_key,
        mail_pieces.location_key

),

credit_sums as (

    select
        job_credits.campaign_key,
        job_credits.location_key,
        sum(cast(round(job_credits.credit_share * 1000000000) as bigint)) as nano_jobs,
        sum(
            case when job_credits.is_completed then cast(round(job_credits.credit_share * 1000000000) as bigint) else 0 end
        ) as nano_completed_jobs,
        sum(job_credits.net_revenue_amount) as net_revenue_amount,
        sum(abs(job_credits.net_revenue_amount)) as net_weight_amount,
        sum(job_credits.collected_amount) as collected_amount,
        case when count(*) = count(job_credits.margin_amount) then sum(job_credits.margin_amount) end
            as margin_amount,
        sum(job_credits.estimated_net_amount) as estimated_net_amount,
        bool_and(
            job_credits.state in ('Cancelled', 'No Show')
            or (job_credits.is_completed and job_credits.is_invoiced)
            or campaign_windows.as_of_on > job_credits.created_on + 120
        ) as is_settled
    from job_credits
    inner join campaign_windows
        on job_credits.campaign_key = campaign_windows.campaign_key
    group by
        job_credits.campaign_key,
        job_credits.location_key

),

campaign_locations as (

    select
        campaign_key,
        location_key
    from campaigns
    union
    select
        campaign_key,
        location_key
    from piece_sums
    union
    select
        campaign_key,
        location_key
    from credit_sums

),

-- The campaign's own location carries the costs that hang on no piece; it is left out where it has nothing.
summaries as (

    select
        campaign_locations.campaign_key,
        campaigns.account,
        campaign_locations.location_key,
        campaigns.campaign_name,
        campaign_windows.model,
        campaign_windows.window_label,
        campaign_windows.window_days,
        coalesce(piece_sums.pieces_mailed, 0) as pieces_mailed,
        coalesce(piece_sums.pieces_in_home, 0) as pieces_in_home,
        coalesce(piece_sums.direct_responses, 0) as direct_responses,
        coalesce(credit_sums.nano_jobs, 0) / 1000000000.0 as jobs_booked,
        coalesce(credit_sums.nano_completed_jobs, 0) / 1000000000.0 as jobs_completed,
        coalesce(credit_sums.net_revenue_amount, 0) as net_revenue_amount,
        coalesce(credit_sums.collected_amount, 0) as collected_amount,
        case when credit_sums.campaign_key is null then 0 else credit_sums.margin_amount end as margin_amount,
        credit_sums.estimated_net_amount,
        credit_sums.net_weight_amount,
        case
            when campaign_locations.location_key = campaigns.location_key
                then coalesce(
                    piece_sums.cost_amount + coalesce(campaign_windows.unspread_cost_amount, 0),
                    campaign_windows.unspread_cost_amount
                )
            else piece_sums.cost_amount
        end as cost_amount,
        campaign_windows.is_window_closed,
        coalesce(credit_sums.is_settled, true) as is_settled,
        campaign_windows.is_data_complete,
        piece_sums.campaign_key is null
        and credit_sums.campaign_key is null
        and campaign_windows.unspread_cost_amount is null
        and count(*) over (partition by campaign_locations.campaign_key) > 1 as is_empty
    from campaign_locations
    inner join campaigns
        on campaign_locations.campaign_key = campaigns.campaign_key
    inner join campaign_windows
        on campaign_locations.campaign_key = campaign_windows.campaign_key
    left join piece_sums
        on campaign_locations.campaign_key = piece_sums.campaign_key
        and campaign_locations.location_key = piece_sums.location_key
    left join credit_sums
        on campaign_locations.campaign_key = credit_sums.campaign_key
        and campaign_locations.location_key = credit_sums.location_key

),

summaries_judged as (

    select
        summaries.campaign_key,
        summaries.account,
        summaries.location_key,
        summaries.campaign_name,
        summaries.model,
        summaries.window_label,
        summaries.window_days,
        cast(summaries.pieces_mailed as bigint) as pieces_mailed,
        cast(summaries.pieces_in_home as bigint) as pieces_in_home,
        cast(summaries.direct_responses as bigint) as direct_responses,
        cast(summaries.jobs_booked as double) as jobs_booked,
        cast(summaries.jobs_completed as double) as jobs_completed,
        cast(summaries.net_revenue_amount as decimal(18, 2)) as net_revenue_amount,
        cast(summaries.collected_amount as decimal(18, 2)) as collected_amount,
        cast(summaries.margin_amount as decimal(18, 2)) as margin_amount,
        cast(
            case
                when summaries.net_weight_amount > 0
                    then cast(summaries.estimated_net_amount as double) / cast(summaries.net_weight_amount as double)
            end as double
        ) as margin_estimated_share,
        cast(summaries.cost_amount as decimal(18, 2)) as cost_amount,
        cast(
            case
                when summaries.cost_amount <> 0
                    then cast(summaries.margin_amount - summaries.cost_amount as double)
                        / cast(summaries.cost_amount as double)
            end as double
        ) as roi,
        cast(
            case
                when summaries.cost_amount <> 0
                    then cast(summaries.net_revenue_amount as double) / cast(summaries.cost_amount as double)
            end as double
        ) as roas,
        cast(lift.iroi as double) as iroi,
        lift.verdict,
        case
            when lift.campaign_key is null
                then 'No holdout: these figures are attributed, nobody can say what would have come anyway.'
            when lift.verdict = 'exploratory' then 'The window is still open: no verdict yet.'
            when lift.verdict = 'broken split'
                then 'The arms do not have the planned sizes: no verdict.'
            when lift.verdict = 'data incomplete'
                then 'A source was out or late when this was built: no verdict until it is read.'
            when lift.verdict = 'too few to say'
                then 'Too few buyers to say whether the mailing pays.'
            when lift.verdict = 'lifts, cost unknown'
                then 'The mailing lifts; whether it pays is unknown without its cost.'
            else 'The mailing ' || lift.verdict || ': incremental ROI '
                || coalesce(printf('%.2f', lift.iroi), 'unknown')
                || coalesce(
                    ' (95 % interval ' || printf('%.2f', lift.iroi_ci_low) || ' to '
                    || printf('%.2f', lift.iroi_ci_high) || ')',
                    ''
                ) || '.'
        end as verdict_text,
        summaries.is_window_closed,
        summaries.is_window_closed and summaries.is_settled as is_revenue_mature,
        summaries.is_data_complete
    from summaries
    left join lift
        on summaries.campaign_key = lift.campaign_key
    where not summaries.is_empty

)

select * from summaries_judged
