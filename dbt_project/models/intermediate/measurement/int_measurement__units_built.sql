with members as (

    select
        campaign_key,
        wave,
        campaign_member_key,
        unit_key,
        arm,
        stratum,
        planned_holdout_share,
        is_contaminated,
        assigned_at
    from {{ ref('int_measurement__members_keyed') }}

),

waves as (

    select
        campaign_key,
        wave,
        window_starts_on
    from {{ ref('int_measurement__waves_dated') }}

),

windows as (

    select
        campaign_key,
        window_label,
        window_days
    from {{ ref('int_campaigns__windows_listed') }}

),

member_jobs as (

    select
        campaign_key,
        wave,
        unit_key,
        net_revenue_cents,
        margin_cents,
        created_on,
        created_at
    from {{ ref('int_measurement__member_jobs_joined') }}

),

-- By first assignment, whatever was delivered to whom.
units_assigned as (

    select
        campaign_key,
        wave,
        unit_key,
        arg_min(arm, (assigned_at, campaign_member_key)) as arm,
        arg_min(stratum, (assigned_at, campaign_member_key)) as stratum,
        max(planned_holdout_share) as planned_holdout_share,
        count(*) as member_count,
        bool_or(is_contaminated) or min(arm) <> max(arm) as is_contaminated,
        min(assigned_at) as assigned_at
    from members
    group by
        campaign_key,
        wave,
        unit_key

),

units_windowed as (

    select
        units_assigned.campaign_key,
        units_assigned.wave,
        windows.window_label,
        units_assigned.unit_key,
        windows.window_days,
        units_assigned.arm = 'mailed' as is_mailed,
        units_assigned.stratum,
        units_assigned.planned_holdout_share,
        units_assigned.member_count,
        units_assigned.is_contaminated,
        units_assigned.assigned_at,
        waves.window_starts_on,
        {{ day_add('waves.window_starts_on', 'windows.window_days') }} as window_ends_on,
        {{ day_add('waves.window_starts_on', 'windows.window_days') }} <= {{ local_date(as_of()) }}
            as is_window_closed,
        lag(waves.window_starts_on) over (
            partition by
                units_assigned.campaign_key,
                windows.window_label,
                units_assigned.unit_key
            order by
                waves.window_starts_on,
                units_assigned.wave
        ) as earlier_starts_on
    from units_assigned
    inner join waves
        on units_assigned.campaign_key = waves.campaign_key
        and units_assigned.wave = waves.wave
    inner join windows
        on units_assigned.campaign_key = windows.campaign_key

),

jobs_windowed as (

    select
        units_windowed.campaign_key,
        units_windowed.wave,
        units_windowed.window_label,
        units_windowed.unit_key,
        count(*) filter (
            where member_jobs.created_on >= units_windowed.window_starts_on
            and member_jobs.created_on < units_windowed.window_ends_on
        ) as jobs_count,
        sum(member_jobs.net_revenue_cents) filter (
            where member_jobs.created_on >= units_windowed.window_starts_on
            and member_jobs.created_on < units_windowed.window_ends_on
        ) as net_revenue_cents,
        sum(member_jobs.margin_cents) filter (
            where member_jobs.created_on >= units_windowed.window_starts_on
            and member_jobs.created_on < units_windowed.window_ends_on
        ) as margin_cents,
        sum(member_jobs.net_revenue_cents) filter (
            where member_jobs.created_at < units_windowed.assigned_at
            and member_jobs.created_at >= {{ second_add('units_windowed.assigned_at', -365 * 86400) }}
        ) as pre_revenue_cents,
        sum(member_jobs.net_revenue_cents) filter (
            where member_jobs.created_at < units_windowed.assigned_at
            and member_jobs.created_at >= {{ second_add('units_windowed.assigned_at', -182 * 86400) }}
        ) as pre_recent_cents
    from units_windowed
    inner join member_jobs
        on units_windowed.campaign_key = member_jobs.campaign_key
        and units_windowed.wave = member_jobs.wave
        and units_windowed.unit_key = member_jobs.unit_key
    group by
        units_windowed.campaign_key,
        units_windowed.wave,
        units_windowed.window_label,
        units_windowed.unit_key

),

-- Where waves overlap, the first assignment rules while its window is open: the unit is left out of the later wave.
units_built as (

    select
        units_windowed.campaign_key,
        units_windowed.wave,
        units_windowed.window_label,
        units_windowed.unit_key,
        units_windowed.window_days,
        units_windowed.stratum,
        units_windowed.planned_holdout_share,
        units_windowed.member_count,
        coalesce(jobs_windowed.jobs_count, 0) as jobs_count,
        cast(coalesce(jobs_windowed.net_revenue_cents, 0) as bigint) as net_revenue_cents,
        cast(coalesce(jobs_windowed.margin_cents, 0) as bigint) as margin_cents,
        cast(coalesce(jobs_windowed.pre_revenue_cents, 0) as bigint) as pre_revenue_cents,
        cast(coalesce(jobs_windowed.pre_recent_cents, 0) as bigint) as pre_recent_cents,
        units_windowed.is_mailed,
        units_windowed.is_contaminated,
        units_windowed.is_window_closed,
        units_windowed.earlier_starts_on is not null
        and {{ day_add('units_windowed.earlier_starts_on', 'units_windowed.window_days') }}
            > units_windowed.window_starts_on as is_ruled_by_earlier_wave,
        units_windowed.window_starts_on,
        units_windowed.window_ends_on,
        units_windowed.assigned_at
    from units_windowed
    left join jobs_windowed
        on units_windowed.campaign_key = jobs_windowed.campaign_key
        and units_windowed.wave = jobs_windowed.wave
        and units_windowed.window_label = jobs_windowed.window_label
        and units_windowed.unit_key = jobs_windowed.unit_key

)

select * from units_built
