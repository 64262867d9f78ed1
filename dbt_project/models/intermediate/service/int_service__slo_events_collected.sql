with

slos as (

    select
        slo,
        window_days,
        threshold
    from {{ ref('stg_matchback__setting_slos') }}

),

logical_calls as (

    select
        is_success,
        first_called_at as happened_at
    from {{ ref('int_service__logical_calls_judged') }}
    where
        is_valid
        and not {{ is_callback('endpoint') }}

),

attempts as (

    select
        outcome,
        endpoint,
        latency_ms,
        called_at as happened_at
    from {{ ref('int_service__api_calls_unioned') }}
    where outcome != 'unfinished'

),

-- What vendors call at our side, as far as an imported log tells of it.
callbacks as (

    select
        outcome = 'success' as is_success,
        latency_ms,
        happened_at
    from attempts
    where {{ is_callback('endpoint') }}

),

incidents as (

    select
        opened_at,
        recovered_at,
        recovered_1h_count,
        recovered_24h_count,
        part_count
    from {{ ref('int_service__incidents_found') }}

),

ticks as (

    -- Five-minute windows of the last 30 days, each named by its end.
    select {{ second_add(as_of(), '-300 * ticks.tick') }} as happened_at
    from generate_series(0, 30 * 288 - 1) as ticks (tick)

),

first_signs as (

    select min(started_at) as first_at
    from {{ ref('stg_matchback__source_runs') }}

),

living_ticks as (

    select ticks.happened_at
    from ticks
    cross join first_signs
    where ticks.happened_at >= first_signs.first_at

),

outage_ticks as (

    select living_ticks.happened_at
    from living_ticks
    inner join incidents
        on living_ticks.happened_at >= incidents.opened_at
        and {{ second_add('living_ticks.happened_at', '-300') }}
            < coalesce(incidents.recovered_at, {{ as_of() }})
    group by living_ticks.happened_at

),

complete_readings as (

    select
        source,
        account,
        run_id,
        max(finished_at) as finished_at
    from {{ ref('stg_matchback__source_runs') }}
    group by
        source,
        account,
        run_id
    having bool_and(is_complete)

),

accounts as (

    select
        source,
        account,
        min(finished_at) as first_at
    from complete_readings
    where source != 'import'
    group by
        source,
        account

),

quarter_hours as (

    select happened_at
    from living_ticks
    where {{ seconds_between('happened_at', as_of()) }} % 900 = 0

),

lags as (

    select
        quarter_hours.happened_at,
        accounts.source,
        accounts.account,
        max(complete_readings.finished_at) as last_read_at
    from quarter_hours
    inner join accounts
        on quarter_hours.happened_at >= accounts.first_at
    inner join complete_readings
        on accounts.source = complete_readings.source
        and accounts.account = complete_readings.account
        and complete_readings.finished_at <= quarter_hours.happened_at
    group by
        quarter_hours.happened_at,
        accounts.source,
        accounts.account

),

credentials as (

    select
        coalesce(rotated_at, created_at) as rotated_at
    from {{ ref('int_canonical__credentials_unioned') }}
    where
        not is_deleted
        and coalesce(rotated_at, created_at) is not null

),

published_runs as (

    select finished_at
    from {{ ref('stg_ledger__run_history') }}
    where outcome in ('published', 'skipped')

),

days as (

    select {{ second_add(as_of(), '-86400 * days.day') }} as happened_at
    from generate_series(0, 29) as days (day)

),

published_days as (

    select
        days.happened_at,
        max(published_runs.finished_at) as last_published_at
    from days
    inner join published_runs
        on days.happened_at >= published_runs.finished_at
    group by days.happened_at

),

thresholds as (

    select
        max(threshold) filter (where slo = 'status_latency') as latency_seconds,
        max(threshold) filter (where slo = 'sync_lag') as lag_minutes,
        max(threshold) filter (where slo = 'key_rotation') as key_days,
        max(threshold) filter (where slo = 'marts_published') as published_hours
    from slos

),

events as (

    select
        'api_success' as slo,
        happened_at,
        cast(is_success as bigint) as good,
        1 as valid
    from logical_calls
    union all
    select
        'auth_success',
        happened_at,
        cast(outcome != 'auth_failure' as bigint),
        1
    from attempts
    where not {{ is_callback('endpoint') }}
    union all
    select
        'api_uptime',
        living_ticks.happened_at,
        cast(outage_ticks.happened_at is null as bigint),
        1
    from living_ticks
    left join outage_ticks
        on living_ticks.happened_at = outage_ticks.happened_at
    union all
    select
        'callback_success',
        happened_at,
        cast(is_success as bigint),
        1
    from callbacks
    union all
    select
        'status_latency',
        callbacks.happened_at,
        cast(callbacks.latency_ms <= 1000 * thresholds.latency_seconds as bigint),
        1
    from callbacks
    cross join thresholds
    where callbacks.latency_ms is not null
    union all
    select
        'sync_lag',
        lags.happened_at,
        cast(
            {{ seconds_between('lags.last_read_at', 'lags.happened_at') }}
            <= 60 * thresholds.lag_minutes as bigint
        ),
        1
    from lags
    cross join thresholds
    union all
    select
        'key_rotation',
        {{ as_of() }},
        cast(
            {{ seconds_between('credentials.rotated_at', as_of()) }}
            <= 86400 * thresholds.key_days as bigint
        ),
        1
    from credentials
    cross join thresholds
    union all
    select
        'recovery_1h',
        opened_at,
        recovered_1h_count,
        part_count
    from incidents
    where recovered_1h_count is not null
    union all
    select
        'recovery_24h',
        opened_at,
        recovered_24h_count,
        part_count
    from incidents
    where recovered_24h_count is not null
    union all
    select
        'marts_published',
        published_days.happened_at,
        cast(
            {{ seconds_between('published_days.last_published_at', 'published_days.happened_at') }}
            <= 3600 * thresholds.published_hours as bigint
        ),
        1
    from published_days
    cross join thresholds

),

final as (

    select
        events.slo,
        cast(sum(events.good) as bigint) as good,
        cast(sum(events.valid) as bigint) as valid,
        events.happened_at
    from events
    inner join slos
        on events.slo = slos.slo
    where
        events.happened_at <= {{ as_of() }}
        and events.happened_at > {{ second_add(as_of(), '-86400 * greatest(31, slos.window_days)') }}
    group by
        events.slo,
        events.happened_at

)

select * from final
