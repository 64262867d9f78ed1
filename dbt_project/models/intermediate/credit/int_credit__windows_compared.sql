with waves as (

    select
        campaign_key,
        wave,
        response_window_days,
        last_in_home_on,
        as_of_on,
        as_of_at
    from {{ ref('fct_campaign_waves') }}

),

previous_waves as (

    select
        campaign_key,
        wave,
        response_window_days,
        last_in_home_on,
        as_of_on,
        from_as_of
    from {{ ref('int_credit__previous_costs_kept') }}

),

windows as (

    select
        window_label,
        window_days
    from {{ ref('stg_matchback__setting_windows') }}

),

builds as (

    select
        (select max(waves.as_of_at) from waves) as to_as_of,
        max(from_as_of) as from_as_of
    from previous_waves

),

-- A wave that was not there had no figure: it counts as what it is now.
waves_joined as (

    select
        coalesce(waves.campaign_key, previous_waves.campaign_key) as campaign_key,
        coalesce(waves.wave, previous_waves.wave) as wave,
        windows.window_label,
        coalesce(windows.window_days, waves.response_window_days, previous_waves.response_window_days) as window_days,
        coalesce(windows.window_days, previous_waves.response_window_days, waves.response_window_days)
            as previous_window_days,
        waves.campaign_key is not null as is_there,
        previous_waves.campaign_key is not null as was_there,
        waves.last_in_home_on,
        waves.as_of_on,
        previous_waves.last_in_home_on as previous_last_in_home_on,
        previous_waves.as_of_on as previous_as_of_on
    from waves
    full join previous_waves
        on waves.campaign_key = previous_waves.campaign_key
        and waves.wave = previous_waves.wave
    cross join windows

),

windows_judged as (

    select
        campaign_key,
        wave,
        window_label,
        window_days <> previous_window_days and is_there and was_there as is_rule_changed,
        is_there,
        was_there,
        coalesce(as_of_on >= {{ day_add('last_in_home_on', 'window_days') }}, false) as is_closed,
        coalesce(previous_as_of_on >= {{ day_add('previous_last_in_home_on', 'previous_window_days') }}, false)
            as was_closed
    from waves_joined

),

windows_compared as (

    select
        windows_judged.campaign_key,
        windows_judged.wave,
        windows_judged.window_label,
        windows_judged.is_rule_changed,
        case when windows_judged.is_there then windows_judged.is_closed else windows_judged.was_closed end
            as is_window_closed,
        case when windows_judged.was_there then windows_judged.was_closed else windows_judged.is_closed end
            as was_window_closed,
        builds.from_as_of,
        builds.to_as_of
    from windows_judged
    cross join builds
    where builds.from_as_of is not null

)

select * from windows_compared
