with roi as (

    select
        campaign_key,
        wave,
        cut,
        cut_value,
        model,
        window_label,
        is_window_closed,
        cost_cents
    from {{ ref('int_campaigns__roi_summed') }}
    where cost_cents > 0

),

-- Summed to days first: a campaign has hundreds of days, but millions of credits.
wave_credits as (

    select
        campaign_key,
        wave,
        cut,
        cut_value,
        model,
        window_label,
        earned_on,
        cast(sum(margin_cents) as bigint) as margin_cents
    from {{ ref('int_campaigns__credits_cut') }}
    where
        margin_cents is not null
        and earned_on is not null
    group by
        campaign_key,
        wave,
        cut,
        cut_value,
        model,
        window_label,
        earned_on

),

wave_windows as (

    select
        campaign_key,
        wave,
        model,
        window_label,
        is_window_closed
    from roi
    where cut = '(all)'

),

credits_named as (

    select
        campaign_key,
        wave,
        cut,
        cut_value,
        model,
        window_label,
        earned_on,
        margin_cents,
        cast(null as boolean) as is_window_closed
    from wave_credits
    union all
    select
        wave_credits.campaign_key,
        '(all)' as wave,
        wave_credits.cut,
        wave_credits.cut_value,
        wave_credits.model,
        wave_credits.window_label,
        wave_credits.earned_on,
        wave_credits.margin_cents,
        wave_windows.is_window_closed
    from wave_credits
    inner join wave_windows
        on wave_credits.campaign_key = wave_windows.campaign_key
        and wave_credits.wave = wave_windows.wave
        and wave_credits.model = wave_windows.model
        and wave_credits.window_label = wave_windows.window_label

),

days as (

    select
        roi.campaign_key,
        roi.wave,
        roi.cut,
        roi.cut_value,
        roi.model,
        roi.window_label,
        roi.is_window_closed,
        roi.cost_cents,
        credits_named.earned_on,
        cast(sum(credits_named.margin_cents) as bigint) as margin_cents
    from roi
    inner join credits_named
        on roi.campaign_key = credits_named.campaign_key
        and roi.wave = credits_named.wave
        and roi.cut = credits_named.cut
        and roi.cut_value = credits_named.cut_value
        and roi.model = credits_named.model
        and roi.window_label = credits_named.window_label
        and roi.is_window_closed = coalesce(credits_named.is_window_closed, roi.is_window_closed)
    group by
        roi.campaign_key,
        roi.wave,
        roi.cut,
        roi.cut_value,
        roi.model,
        roi.window_label,
        roi.is_window_closed,
        roi.cost_cents,
        credits_named.earned_on

),

days_cumulated as (

    select
        campaign_key,
        wave,
        cut,
        cut_value,
        model,
        window_label,
        is_window_closed,
        earned_on,
        cast(sum(margin_cents) over (
            partition by campaign_key, wave, cut, cut_value, model, window_label, is_window_closed
            order by earned_on
            rows between unbounded preceding and current row
        ) as bigint) >= cost_cents as is_covered
    from days

),

last_short_days as (

    select
        campaign_key,
        wave,
        cut,
        cut_value,
        model,
        window_label,
        is_window_closed,
        max(case when is_covered then null else earned_on end) as last_short_on
    from days_cumulated
    group by
        campaign_key,
        wave,
        cut,
        cut_value,
        model,
        window_label,
        is_window_closed

),

-- The first day after which the sum never falls below the cost again, refunds included.
break_evens_found as (

    select
        days_cumulated.campaign_key,
        days_cumulated.wave,
        days_cumulated.cut,
        days_cumulated.cut_value,
        days_cumulated.model,
        days_cumulated.window_label,
        days_cumulated.is_window_closed,
        min(days_cumulated.earned_on) as break_even_on
    from days_cumulated
    inner join last_short_days
        on days_cumulated.campaign_key = last_short_days.campaign_key
        and days_cumulated.wave = last_short_days.wave
        and days_cumulated.cut = last_short_days.cut
        and days_cumulated.cut_value = last_short_days.cut_value
        and days_cumulated.model = last_short_days.model
        and days_cumulated.window_label = last_short_days.window_label
        and days_cumulated.is_window_closed = last_short_days.is_window_closed
    where
        days_cumulated.is_covered
        and (
            last_short_days.last_short_on is null
            or days_cumulated.earned_on > last_short_days.last_short_on
        )
    group by
        days_cumulated.campaign_key,
        days_cumulated.wave,
        days_cumulated.cut,
        days_cumulated.cut_value,
        days_cumulated.model,
        days_cumulated.window_label,
        days_cumulated.is_window_closed

)

select * from break_evens_found
