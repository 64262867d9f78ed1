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

wave_windows as (

    select
        campaign_key,
        wave,
        model,
        window_label,
        is_window_closed
    from {{ ref('int_campaigns__waves_summed') }}
    where cut = '(all)'

),

credits as (

    select
        credits_cut.campaign_key,
        credits_cut.wave,
        credits_cut.cut,
        credits_cut.cut_value,
        credits_cut.model,
        credits_cut.window_label,
        wave_windows.is_window_closed,
        credits_cut.earned_on,
        credits_cut.margin_cents
    from {{ ref('int_campaigns__credits_cut') }} as credits_cut
    inner join wave_windows
        on credits_cut.campaign_key = wave_windows.campaign_key
        and credits_cut.wave = wave_windows.wave
        and credits_cut.model = wave_windows.model
        and credits_cut.window_label = wave_windows.window_label
    where
        credits_cut.margin_cents is not null
        and credits_cut.earned_on is not null

),

-- A day of a wave is a day of its campaign as well.
days as (

    select
        campaign_key,
        wave,
        cut,
        cut_value,
        model,
        window_label,
        is_window_closed,
        earned_on,
        margin_cents
    from credits
    union all
    select
        campaign_key,
        '(all)' as wave,
        cut,
        cut_value,
        model,
        window_label,
        is_window_closed,
        earned_on,
        cast(sum(margin_cents) as bigint) as margin_cents
    from credits
    group by
        campaign_key,
        cut,
        cut_value,
        model,
        window_label,
        is_window_closed,
        earned_on

),

days_cumulated as (

    select
        roi.campaign_key,
        roi.wave,
        roi.cut,
        roi.cut_value,
        roi.model,
        roi.window_label,
        roi.is_window_closed,
        roi.cost_cents,
        days.earned_on,
        cast(sum(days.margin_cents) over (
            partition by
                roi.campaign_key, roi.wave, roi.cut, roi.cut_value, roi.model, roi.window_label, roi.is_window_closed
            order by days.earned_on
            rows between unbounded preceding and current row
        ) as bigint) as earned_cents
    from roi
    inner join days
        on roi.campaign_key = days.campaign_key
        and roi.wave = days.wave
        and roi.cut = days.cut
        and roi.cut_value = days.cut_value
        and roi.model = days.model
        and roi.window_label = days.window_label
        and roi.is_window_closed = days.is_window_closed

),

-- Refunds may take back what was covered: what counts is the lowest sum from a day on.
days_judged as (

    select
        campaign_key,
        wave,
        cut,
        cut_value,
        model,
        window_label,
        is_window_closed,
        earned_on,
        min(earned_cents) over (
            partition by campaign_key, wave, cut, cut_value, model, window_label, is_window_closed
            order by earned_on
            rows between current row and unbounded following
        ) >= cost_cents as is_covered_for_good
    from days_cumulated

),

break_evens_found as (

    select
        campaign_key,
        wave,
        cut,
        cut_value,
        model,
        window_label,
        is_window_closed,
        min(earned_on) as break_even_on
    from days_judged
    where is_covered_for_good
    group by
        campaign_key,
        wave,
        cut,
        cut_value,
        model,
        window_label,
        is_window_closed

)

select * from break_evens_found
