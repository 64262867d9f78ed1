with waves_summed as (

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
        nano_jobs,
        nano_completed_jobs,
        nano_new_customer_jobs,
        net_cents,
        net_weight,
        collected_cents,
        margin_cents,
        estimated_net_cents,
        cost_cents,
        latest_unsettled_on
    from {{ ref('int_campaigns__waves_summed') }}

),

-- Totals over the waves: closed windows and open windows are never added up with each other.
totals_summed as (

    select
        campaign_key,
        '(all)' as wave,
        cut,
        cut_value,
        model,
        window_label,
        max(window_days) as window_days,
        is_window_closed,
        min(is_data_complete) as is_data_complete,
        max(as_of_on) as as_of_on,
        cast(sum(pieces_mailed) as bigint) as pieces_mailed,
        cast(sum(pieces_delivered) as bigint) as pieces_delivered,
        cast(sum(pieces_returned) as bigint) as pieces_returned,
        cast(sum(direct_responses) as bigint) as direct_responses,
        cast(sum(matched_pieces) as bigint) as matched_pieces,
        cast(sum(nano_jobs) as bigint) as nano_jobs,
        cast(sum(nano_completed_jobs) as bigint) as nano_completed_jobs,
        cast(sum(nano_new_customer_jobs) as bigint) as nano_new_customer_jobs,
        cast(sum(net_cents) as bigint) as net_cents,
        cast(sum(net_weight) as bigint) as net_weight,
        cast(sum(collected_cents) as bigint) as collected_cents,
        case when count(*) = count(margin_cents) then cast(sum(margin_cents) as bigint) end as margin_cents,
        cast(sum(estimated_net_cents) as bigint) as estimated_net_cents,
        cast(sum(cost_cents) as bigint) as cost_cents,
        max(latest_unsettled_on) as latest_unsettled_on
    from waves_summed
    group by
        campaign_key,
        cut,
        cut_value,
        model,
        window_label,
        is_window_closed

),

roi_summed as (

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
        nano_jobs,
        nano_completed_jobs,
        nano_new_customer_jobs,
        net_cents,
        net_weight,
        collected_cents,
        margin_cents,
        estimated_net_cents,
        cost_cents,
        latest_unsettled_on
    from waves_summed
    union all
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
        nano_jobs,
        nano_completed_jobs,
        nano_new_customer_jobs,
        net_cents,
        net_weight,
        collected_cents,
        margin_cents,
        estimated_net_cents,
        cost_cents,
        latest_unsettled_on
    from totals_summed

)

select * from roi_summed
