with roi as (

    select
        campaign_key,
        wave,
        cut,
        cut_value,
        model,
        window_label,
        window_days,
        is_window_closed,
        is_data_complete,
        as_of_on,
        pieces_mailed,
        pieces_delivered,
        pieces_returned,
        direct_responses,
        matched_pieces,
        nano_jobs / 1000000000.0 as jobs,
        nano_completed_jobs / 1000000000.0 as completed_jobs,
        nano_new_customer_jobs / 1000000000.0 as new_customer_jobs,
        net_cents,
        net_weight,
        collected_cents,
        margin_cents,
        estimated_net_cents,
        cost_cents,
        cut <> 'tag_earned' as has_ratios,
        latest_unsettled_on
    from {{ ref('int_campaigns__roi_summed') }}

),

break_evens as (

    select
        campaign_key,
        wave,
        cut,
        cut_value,
        model,
        window_label,
        is_window_closed,
        break_even_on
    from {{ ref('int_campaigns__break_evens_found') }}

),

campaigns as (

    select
        campaign_key,
        account,
        campaign_name
    from {{ ref('dim_campaigns') }}

),

roi_rated as (

    select
        roi.campaign_key,
        campaigns.account,
        '(all)' as location_key,
        campaigns.campaign_name,
        roi.wave,
        roi.cut,
        roi.cut_value,
        roi.model,
        roi.window_label,
        cast(roi.window_days as integer) as window_days,
        cast(roi.pieces_mailed as bigint) as pieces_mailed,
        cast(roi.pieces_delivered as bigint) as pieces_delivered,
        cast(roi.pieces_returned as bigint) as pieces_returned,
        cast(roi.direct_responses as bigint) as direct_responses,
        cast(roi.jobs as double) as jobs,
        cast(roi.completed_jobs as double) as completed_jobs,
        cast(roi.new_customer_jobs as double) as new_customer_jobs,
        {{ amount('roi.net_cents') }} as net_revenue_amount,
        {{ amount('roi.collected_cents') }} as collected_amount,
        {{ amount('roi.margin_cents') }} as margin_amount,
        cast(case when roi.net_weight <> 0 then cast(roi.estimated_net_cents as double) / roi.net_weight end as double) as margin_estimated_share,
        {{ amount('roi.cost_cents') }} as cost_amount,
        cast(case when roi.cost_cents <> 0 then cast((roi.margin_cents - roi.cost_cents) as double) / roi.cost_cents end as double) as roi,
        cast(
            case
                when roi.cost_cents <> 0 and roi.net_cents <> 0
                    then (cast(roi.margin_cents as double) * roi.collected_cents / roi.net_cents - roi.cost_cents)
                        / roi.cost_cents
                when roi.cost_cents <> 0 and roi.margin_cents = 0 then -1
            end as double
        ) as roi_on_collected,
        cast(case when roi.cost_cents <> 0 then cast(roi.net_cents as double) / roi.cost_cents end as double) as roas,
        cast(
            case
                when roi.direct_responses > 0 then roi.cost_cents / 100.0 / roi.direct_responses
            end as double
        ) as cost_per_response,
        cast(
            case when roi.completed_jobs > 0 then roi.cost_cents / 100.0 / roi.completed_jobs end as double
        ) as cost_per_job,
        cast(
            case when roi.has_ratios and roi.pieces_mailed > 0 then cast(roi.direct_responses as double) / roi.pieces_mailed end
            as double
        ) as direct_response_share,
        cast(
            case when roi.has_ratios and roi.pieces_mailed > 0 then cast(roi.matched_pieces as double) / roi.pieces_mailed end
            as double
        ) as match_back_share,
        cast(
            case when roi.has_ratios and roi.pieces_delivered > 0 then cast(roi.direct_responses as double) / roi.pieces_delivered end
            as double
        ) as direct_response_delivered_share,
        cast(
            case when roi.has_ratios and roi.pieces_delivered > 0 then cast(roi.matched_pieces as double) / roi.pieces_delivered end
            as double
        ) as match_back_delivered_share,
        cast(
            case
                when roi.pieces_mailed > 0 and roi.jobs > 0 and roi.margin_cents > 0
                    then (cast(roi.cost_cents as double) / roi.pieces_mailed) / (roi.margin_cents / roi.jobs)
            end as double
        ) as break_even_job_share,
        cast(
            case
                when roi.pieces_mailed > 0 and roi.direct_responses > 0 and roi.margin_cents > 0
                    then (cast(roi.cost_cents as double) / roi.pieces_mailed)
                        / (cast(roi.margin_cents as double) / roi.direct_responses)
            end as double
        ) as break_even_response_share,
        roi.is_window_closed,
        roi.is_window_closed
        and (
            roi.latest_unsettled_on is null
            or {{ days_between('roi.latest_unsettled_on', 'roi.as_of_on') }} > 120
        ) as is_revenue_mature,
        roi.is_data_complete,
        break_evens.break_even_on
    from roi
    inner join campaigns
        on roi.campaign_key = campaigns.campaign_key
    left join break_evens
        on roi.campaign_key = break_evens.campaign_key
        and roi.wave = break_evens.wave
        and roi.cut = break_evens.cut
        and roi.cut_value = break_evens.cut_value
        and roi.model = break_evens.model
        and roi.window_label = break_evens.window_label
        and roi.is_window_closed = break_evens.is_window_closed

)

select * from roi_rated
