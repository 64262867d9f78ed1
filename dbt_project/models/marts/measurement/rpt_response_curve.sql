with curves as (

    select
        campaign_key,
        wave,
        model,
        day,
        mailed_piece_count,
        responses,
        jobs,
        cumulative_jobs,
        cumulative_job_share,
        is_observed,
        forecast_low,
        forecast_high,
        forecast_jobs_low,
        forecast_jobs_high,
        back_test_count,
        back_test_coverage_share
    from {{ ref('int_measurement__response_curve_fitted') }}

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
        curves.campaign_key,
        curves.wave,
        curves.model,
        cast(curves.day as integer) as day,
        cast(curves.mailed_piece_count as bigint) as mailed_piece_count,
        cast(curves.responses as bigint) as responses,
        curves.jobs,
        curves.cumulative_jobs,
        curves.cumulative_job_share,
        curves.is_observed,
        curves.forecast_low,
        curves.forecast_high,
        curves.forecast_jobs_low,
        curves.forecast_jobs_high,
        cast(curves.back_test_count as bigint) as back_test_count,
        curves.back_test_coverage_share
    from curves
    inner join campaigns
        on curves.campaign_key = campaigns.campaign_key
    left join locations
        on curves.campaign_key = locations.campaign_key

)

select * from final
