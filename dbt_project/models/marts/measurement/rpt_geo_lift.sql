with estimates as (

    select
        campaign_key,
        window_label,
        window_days,
        method,
        verdict,
        treated_area_count,
        control_area_count,
        incremental_revenue_cents,
        ci_low_cents,
        ci_high_cents,
        cost_cents,
        iroas,
        iroas_ci_low,
        iroas_ci_high,
        p_value,
        is_window_closed
    from {{ ref('int_measurement__geo_lift_estimated') }}

),

campaigns as (

    select
        campaign_key,
        account
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

final as (

    select
        campaigns.account as account,
        coalesce(locations.location_key, '(all)') as location_key,
        estimates.campaign_key,
        estimates.window_label,
        cast(estimates.window_days as integer) as window_days,
        estimates.method,
        estimates.verdict,
        cast(estimates.treated_area_count as bigint) as treated_area_count,
        cast(estimates.control_area_count as bigint) as control_area_count,
        cast(estimates.incremental_revenue_cents / 100 as decimal(18, 2)) as incremental_revenue_amount,
        cast(estimates.ci_low_cents / 100 as decimal(18, 2)) as ci_low,
        cast(estimates.ci_high_cents / 100 as decimal(18, 2)) as ci_high,
        cast(estimates.cost_cents / 100 as decimal(18, 2)) as cost_amount,
        estimates.iroas,
        estimates.iroas_ci_low,
        estimates.iroas_ci_high,
        estimates.p_value,
        estimates.is_window_closed
    from estimates
    inner join campaigns
        on estimates.campaign_key = campaigns.campaign_key
    left join locations
        on estimates.campaign_key = locations.campaign_key

)

select * from final
