with lift_estimated as (

    select
        adjusted_ci_high,
        adjusted_ci_low,
        campaign_key,
        contaminated_count,
        cost_cents,
        has_enough_buyers,
        heterogeneity_p_value,
        holdout_buying_count,
        holdout_count,
        holdout_mean,
        incremental_margin_cents,
        incremental_revenue_cents,
        iroas,
        iroas_ci_high,
        iroas_ci_low,
        iroi,
        iroi_ci_high,
        iroi_ci_low,
        is_adjusted,
        is_primary,
        is_window_closed,
        lift,
        lift_adjusted,
        lift_ci_high,
        lift_ci_low,
        mailed_buying_count,
        mailed_count,
        mailed_mean,
        match_back_roi,
        matched_revenue_cents,
        method,
        metric,
        minimum_detectable_lift,
        overstatement_ratio,
        p_value,
        relative_ci_high,
        relative_ci_low,
        relative_lift,
        relative_note,
        sample_ratio_p_value,
        stratum_count,
        unpooled_ci_high,
        unpooled_ci_low,
        verdict,
        wave,
        wave_count,
        window_days,
        window_label
    from {{ ref('int_measurement__lift_estimated') }}

),

campaigns as (

    select
        campaign_key,
        account,
        campaign_name
    from {{ ref('dim_campaigns') }}

),

mail_pieces as (

    select
        campaign_key,
        location_key
    from {{ ref('fct_mail_pieces') }}

),

locations as (

    select
        campaign_key,
        case when min(location_key) = max(location_key) then min(location_key) end as location_key
    from mail_pieces
    group by campaign_key

),

-- Jobs and money of a source that was out or late are missing from both arms, nobody knows how evenly.
completeness as (

    select
        campaign_key,
        min(is_data_complete) as is_data_complete
    from {{ ref('fct_campaign_waves') }}
    group by campaign_key

),

final as (

    select
        campaigns.account,
        coalesce(locations.location_key, '(all)') as location_key,
        lift_estimated.campaign_key,
        campaigns.campaign_name,
        lift_estimated.wave,
        lift_estimated.metric,
        lift_estimated.window_label,
        cast(lift_estimated.window_days as integer) as window_days,
        case
            when lift_estimated.verdict != 'exploratory' and not coalesce(completeness.is_data_complete, true)
                then 'data incomplete'
            else lift_estimated.verdict
        end as verdict,
        lift_estimated.method,
        case
            when lift_estimated.sample_ratio_p_value is null then 'no plan known'
            when lift_estimated.sample_ratio_p_value < 0.001 then 'broken split'
            else 'as planned'
        end as sample_ratio_note,
        lift_estimated.relative_note,
        cast(lift_estimated.wave_count as bigint) as wave_count,
        cast(lift_estimated.stratum_count as bigint) as stratum_count,
        cast(lift_estimated.mailed_count as bigint) as mailed_count,
        cast(lift_estimated.holdout_count as bigint) as holdout_count,
        cast(lift_estimated.mailed_buying_count as bigint) as mailed_buying_count,
        cast(lift_estimated.holdout_buying_count as bigint) as holdout_buying_count,
        cast(lift_estimated.contaminated_count as bigint) as contaminated_count,
        case
            when lift_estimated.metric = 'job_share' then lift_estimated.mailed_mean
            else lift_estimated.mailed_mean / 100
        end as mailed_mean,
        case
            when lift_estimated.metric = 'job_share' then lift_estimated.holdout_mean
            else lift_estimated.holdout_mean / 100
        end as holdout_mean,
        case
            when lift_estimated.metric = 'job_share' then lift_estimated.lift
            else lift_estimated.lift / 100
        end as lift,
        case
            when lift_estimated.metric = 'job_share' then lift_estimated.lift_ci_low
            else lift_estimated.lift_ci_low / 100
        end as lift_ci_low,
        case
            when lift_estimated.metric = 'job_share' then lift_estimated.lift_ci_high
            else lift_estimated.lift_ci_high / 100
        end as lift_ci_high,
        lift_estimated.p_value,
        lift_estimated.unpooled_ci_low,
        lift_estimated.unpooled_ci_high,
        lift_estimated.relative_lift,
        lift_estimated.relative_ci_low,
        lift_estimated.relative_ci_high,
        case
            when lift_estimated.metric = 'job_share' then lift_estimated.lift_adjusted
            else lift_estimated.lift_adjusted / 100
        end as lift_adjusted,
        case
            when lift_estimated.metric = 'job_share' then lift_estimated.adjusted_ci_low
            else lift_estimated.adjusted_ci_low / 100
        end as adjusted_ci_low,
        case
            when lift_estimated.metric = 'job_share' then lift_estimated.adjusted_ci_high
            else lift_estimated.adjusted_ci_high / 100
        end as adjusted_ci_high,
        cast(lift_estimated.incremental_revenue_cents / 100 as decimal(18, 2)) as incremental_revenue_amount,
        cast(lift_estimated.incremental_margin_cents / 100 as decimal(18, 2)) as incremental_margin_amount,
        cast(lift_estimated.cost_cents / 100 as decimal(18, 2)) as cost_amount,
        lift_estimated.iroas,
        lift_estimated.iroas_ci_low,
        lift_estimated.iroas_ci_high,
        lift_estimated.iroi,
        lift_estimated.iroi_ci_low,
        lift_estimated.iroi_ci_high,
        cast(lift_estimated.matched_revenue_cents / 100 as decimal(18, 2)) as matched_revenue_amount,
        lift_estimated.match_back_roi,
        lift_estimated.overstatement_ratio,
        case
            when lift_estimated.metric = 'job_share' then lift_estimated.minimum_detectable_lift
            else lift_estimated.minimum_detectable_lift / 100
        end as minimum_detectable_lift,
        lift_estimated.sample_ratio_p_value,
        lift_estimated.heterogeneity_p_value,
        lift_estimated.is_window_closed,
        lift_estimated.is_primary,
        lift_estimated.is_adjusted,
        lift_estimated.has_enough_buyers,
        coalesce(completeness.is_data_complete, true) as is_data_complete
    from lift_estimated
    inner join campaigns
        on lift_estimated.campaign_key = campaigns.campaign_key
    left join locations
        on lift_estimated.campaign_key = locations.campaign_key
    left join completeness
        on lift_estimated.campaign_key = completeness.campaign_key

)

select * from final
