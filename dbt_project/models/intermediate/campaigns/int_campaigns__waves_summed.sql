with waves as (

    select
        campaign_key,
        wave,
        unspread_cost_amount,
        is_data_complete,
        last_in_home_on,
        as_of_on
    from {{ ref('fct_campaign_waves') }}

),

windows as (

    select
        campaign_key,
        window_label,
        window_days
    from {{ ref('int_campaigns__windows_listed') }}

),

models as (

    select
        model,
        window_label
    from {{ ref('int_credit__models_listed') }}

),

pieces_cut as (

    select
        campaign_key,
        wave,
        cut,
        cut_value,
        pieces_mailed,
        pieces_delivered,
        pieces_returned,
        cost_cents
    from {{ ref('int_campaigns__pieces_cut') }}

),

responses_cut as (

    select
        campaign_key,
        wave,
        cut,
        cut_value,
        window_label,
        direct_responses,
        matched_pieces
    from {{ ref('int_campaigns__responses_cut') }}

),

credits_cut as (

    select
        model,
        window_label,
        campaign_key,
        wave,
        cut,
        cut_value,
        cast(sum(nano_jobs) as bigint) as nano_jobs,
        cast(sum(nano_completed_jobs) as bigint) as nano_completed_jobs,
        cast(sum(nano_new_customer_jobs) as bigint) as nano_new_customer_jobs,
        cast(sum(net_cents) as bigint) as net_cents,
        cast(sum(net_weight) as bigint) as net_weight,
        cast(sum(collected_cents) as bigint) as collected_cents,
        cast(sum(margin_cents) as bigint) as margin_cents,
        cast(sum(estimated_net_cents) as bigint) as estimated_net_cents,
        cast(sum(unknown_margin_count) as bigint) as unknown_margin_count,
        max(latest_unsettled_on) as latest_unsettled_on
    from {{ ref('int_campaigns__credits_cut') }}
    group by
        model,
        window_label,
        campaign_key,
        wave,
        cut,
        cut_value

),

-- Every group that has pieces or credit; each wave has its (all) row even with neither.
cut_groups as (

    select
        campaign_key,
        wave,
        cut,
        cut_value
    from pieces_cut
    union
    select
        campaign_key,
        wave,
        cut,
        cut_value
    from credits_cut
    union
    select
        campaign_key,
        wave,
        '(all)' as cut,
        '(all)' as cut_value
    from waves

),

wave_windows as (

    select
        waves.campaign_key,
        waves.wave,
        models.model,
        models.window_label,
        windows.window_days,
        cast(waves.unspread_cost_amount * 100 as bigint) as unspread_cost_cents,
        waves.is_data_complete,
        coalesce(
            waves.as_of_on >= {{ day_add('waves.last_in_home_on', 'windows.window_days') }},
            false
        ) as is_window_closed,
        waves.as_of_on
    from waves
    inner join windows
        on waves.campaign_key = windows.campaign_key
    inner join models
        on windows.window_label = models.window_label

),

waves_summed as (

    select
        cut_groups.campaign_key,
        cut_groups.wave,
        cut_groups.cut,
        cut_groups.cut_value,
        wave_windows.model,
        wave_windows.window_label,
        wave_windows.window_days,
        wave_windows.is_window_closed,
        wave_windows.is_data_complete,
        wave_windows.as_of_on,
        coalesce(pieces_cut.pieces_mailed, 0) as pieces_mailed,
        coalesce(pieces_cut.pieces_delivered, 0) as pieces_delivered,
        coalesce(pieces_cut.pieces_returned, 0) as pieces_returned,
        coalesce(responses_cut.direct_responses, 0) as direct_responses,
        coalesce(responses_cut.matched_pieces, 0) as matched_pieces,
        coalesce(credits_cut.nano_jobs, 0) as nano_jobs,
        coalesce(credits_cut.nano_completed_jobs, 0) as nano_completed_jobs,
        coalesce(credits_cut.nano_new_customer_jobs, 0) as nano_new_customer_jobs,
        coalesce(credits_cut.net_cents, 0) as net_cents,
        coalesce(credits_cut.net_weight, 0) as net_weight,
        coalesce(credits_cut.collected_cents, 0) as collected_cents,
        case
            when coalesce(credits_cut.unknown_margin_count, 0) = 0 then coalesce(credits_cut.margin_cents, 0)
        end as margin_cents,
        coalesce(credits_cut.estimated_net_cents, 0) as estimated_net_cents,
        case
            when cut_groups.cut = 'tag_earned' then null
            when cut_groups.cut = '(all)'
                then coalesce(
                    pieces_cut.cost_cents + coalesce(wave_windows.unspread_cost_cents, 0),
                    wave_windows.unspread_cost_cents
                )
            else pieces_cut.cost_cents
        end as cost_cents,
        credits_cut.latest_unsettled_on
    from cut_groups
    inner join wave_windows
        on cut_groups.campaign_key = wave_windows.campaign_key
        and cut_groups.wave = wave_windows.wave
    left join pieces_cut
        on cut_groups.campaign_key = pieces_cut.campaign_key
        and cut_groups.wave = pieces_cut.wave
        and cut_groups.cut = pieces_cut.cut
        and cut_groups.cut_value = pieces_cut.cut_value
    left join responses_cut
        on cut_groups.campaign_key = responses_cut.campaign_key
        and cut_groups.wave = responses_cut.wave
        and cut_groups.cut = responses_cut.cut
        and cut_groups.cut_value = responses_cut.cut_value
        and wave_windows.window_label = responses_cut.window_label
    left join credits_cut
        on cut_groups.campaign_key = credits_cut.campaign_key
        and cut_groups.wave = credits_cut.wave
        and cut_groups.cut = credits_cut.cut
        and cut_groups.cut_value = credits_cut.cut_value
        and wave_windows.model = credits_cut.model
        and wave_windows.window_label = credits_cut.window_label

)

select * from waves_summed
