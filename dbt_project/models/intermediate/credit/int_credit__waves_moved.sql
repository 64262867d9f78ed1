with credits as (

    select
        campaign_key,
        wave,
        model,
        window_label,
        cast(sum(nano_share) as bigint) as nano_jobs,
        cast(sum(net_cents) as bigint) as net_cents,
        cast(sum(collected_cents) as bigint) as collected_cents,
        cast(sum(margin_cents) as bigint) as margin_cents
    from {{ ref('int_credit__previous_credits_kept') }}
    group by
        campaign_key,
        wave,
        model,
        window_label

),

costs as (

    select
        campaign_key,
        wave,
        cost_cents
    from {{ ref('int_credit__previous_costs_kept') }}

),

windows as (

    select
        campaign_key,
        wave,
        window_label,
        is_window_closed
    from {{ ref('int_credit__windows_compared') }}
    where is_window_closed <> was_window_closed

),

figures as (

    {% for measure, column in [
        ('jobs', 'nano_jobs'), ('net_revenue', 'net_cents'), ('collected', 'collected_cents'), ('margin', 'margin_cents'),
    ] -%}
    select
        campaign_key,
        wave,
        model,
        window_label,
        '{{ measure }}' as measure,
        {{ column }} as figure
    from credits
    union all
    {% endfor -%}
    select
        costs.campaign_key,
        costs.wave,
        '(all)' as model,
        windows.window_label,
        'cost' as measure,
        costs.cost_cents as figure
    from costs
    inner join windows
        on costs.campaign_key = windows.campaign_key
        and costs.wave = windows.wave

),

-- What a wave had earned while its window was open moves from the total of open windows to that of closed ones.
waves_moved as (

    select
        figures.campaign_key,
        figures.wave,
        figures.model,
        figures.window_label,
        figures.measure,
        windows.is_window_closed,
        figures.figure
    from figures
    inner join windows
        on figures.campaign_key = windows.campaign_key
        and figures.wave = windows.wave
        and figures.window_label = windows.window_label
    where figures.figure <> 0

)

select * from waves_moved
