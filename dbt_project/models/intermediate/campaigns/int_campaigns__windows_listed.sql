with campaigns as (

    select
        campaign_key,
        response_window_days
    from {{ ref('int_campaigns__described') }}

),

windows as (

    select
        window_label,
        window_days
    from {{ ref('stg_matchback__setting_windows') }}

),

windows_listed as (

    select
        campaigns.campaign_key,
        windows.window_label,
        cast(coalesce(windows.window_days, campaigns.response_window_days) as integer) as window_days
    from campaigns
    cross join windows

)

select * from windows_listed
