with changes as (

    select
        campaign_key,
        wave,
        model,
        window_label,
        measure,
        cause,
        change
    from {{ ref('int_credit__changes_explained') }}

),

moves as (

    select
        campaign_key,
        model,
        window_label,
        measure,
        is_window_closed,
        figure
    from {{ ref('int_credit__waves_moved') }}

),

windows as (

    select
        campaign_key,
        wave,
        window_label,
        is_window_closed,
        from_as_of,
        to_as_of
    from {{ ref('int_credit__windows_compared') }}

),

builds as (

    select
        from_as_of,
        to_as_of
    from windows
    group by
        from_as_of,
        to_as_of

),

previous_costs as (

    select
        campaign_key,
        wave,
        cost_cents
    from {{ ref('int_credit__previous_costs_kept') }}

),

costs as (

    select
        campaign_key,
        wave,
        cast(
            coalesce(cast(unspread_cost_amount * 100 as bigint), 0)
            + coalesce(cast(piece_cost_amount * 100 as bigint), 0) as bigint
        ) as cost_cents
    from {{ ref('fct_campaign_waves') }}

),

cost_changes as (

    select
        coalesce(costs.campaign_key, previous_costs.campaign_key) as campaign_key,
        coalesce(costs.wave, previous_costs.wave) as wave,
        coalesce(costs.cost_cents, 0) - coalesce(previous_costs.cost_cents, 0) as change
    from costs
    full join previous_costs
        on costs.campaign_key = previous_costs.campaign_key
        and costs.wave = previous_costs.wave

),

-- Each wave, and the two totals over the waves: of closed windows, and of open ones.
changes_listed as (

    select
        changes.campaign_key,
        changes.wave,
        changes.model,
        changes.window_label,
        changes.measure,
        changes.cause,
        windows.is_window_closed,
        changes.change
    from changes
    inner join windows
        on changes.campaign_key = windows.campaign_key
        and changes.wave = windows.wave
        and changes.window_label = windows.window_label
    union all
    select
        changes.campaign_key,
        '(all)' as wave,
        changes.model,
        changes.window_label,
        changes.measure,
        changes.cause,
        windows.is_window_closed,
        changes.change
    from changes
    inner join windows
        on changes.campaign_key = windows.campaign_key
        and changes.wave = windows.wave
        and changes.window_label = windows.window_label
    union all
    select
        campaign_key,
        wave,
        '(all)' as model,
        '(all)' as window_label,
        'cost' as measure,
        'cost change' as cause,
        cast(null as boolean) as is_window_closed,
        change
    from cost_changes
    union all
    select
        cost_changes.campaign_key,
        '(all)' as wave,
        '(all)' as model,
        windows.window_label,
        'cost' as measure,
        'cost change' as cause,
        windows.is_window_closed,
        cost_changes.change
    from cost_changes
    inner join windows
        on cost_changes.campaign_key = windows.campaign_key
        and cost_changes.wave = windows.wave
    union all
    select
        campaign_key,
        '(all)' as wave,
        model,
        window_label,
        measure,
        'window closed' as cause,
        is_window_closed,
        figure as change
    from moves
    union all
    select
        campaign_key,
        '(all)' as wave,
        model,
        window_label,
        measure,
        'window closed' as cause,
        not is_window_closed as is_window_closed,
        -figure as change
    from moves

),

restatements_explained as (

    select
        changes_listed.campaign_key,
        changes_listed.wave,
        changes_listed.model,
        changes_listed.window_label,
        changes_listed.measure,
        changes_listed.cause,
        changes_listed.is_window_closed,
        builds.from_as_of,
        builds.to_as_of,
        cast(sum(case when changes_listed.measure <> 'jobs' then changes_listed.change else 0 end) as bigint)
            as change_cents,
        cast(sum(case when changes_listed.measure = 'jobs' then changes_listed.change else 0 end) as bigint)
            as nano_jobs
    from changes_listed
    cross join builds
    group by
        changes_listed.campaign_key,
        changes_listed.wave,
        changes_listed.model,
        changes_listed.window_label,
        changes_listed.measure,
        changes_listed.cause,
        changes_listed.is_window_closed,
        builds.from_as_of,
        builds.to_as_of
    having sum(changes_listed.change) <> 0

)

select * from restatements_explained
