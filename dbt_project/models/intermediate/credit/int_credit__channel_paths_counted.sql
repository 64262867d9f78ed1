with paths as (

    select
        job_key,
        window_label,
        channel,
        position_number
    from {{ ref('int_credit__paths_built') }}

),

mail_pieces as (

    select
        mail_piece_key,
        campaign_key,
        household_key,
        position_at,
        stopped_at
    from {{ ref('int_mail__pieces_windowed') }}
    where
        household_key is not null
        and position_at is not null

),

touches as (

    select
        touch_key,
        household_key,
        channel,
        occurred_at
    from {{ ref('int_matching__touches_tied') }}
    where
        is_independent
        and household_key is not null

),

jobs as (

    select
        job_key,
        household_key,
        customer_household_key
    from {{ ref('int_matching__jobs_ready') }}
    where is_eligible

),

windows as (

    select window_label
    from {{ ref('stg_matchback__setting_windows') }}

),

run_context as (

    select as_of
    from {{ ref('stg_matchback__run_context') }}

),

job_paths as (

    select
        job_key,
        window_label,
        string_agg(channel, '>' order by position_number) as path_channels
    from paths
    group by
        job_key,
        window_label

),

converted_paths as (

    select
        window_label,
        path_channels,
        count(*) as converted_count
    from job_paths
    group by
        window_label,
        path_channels

),

buying_households as (

    select household_key
    from jobs
    where household_key is not null
    union
    select customer_household_key as household_key
    from jobs
    where customer_household_key is not null

),

household_touches as (

    select
        mail_pieces.household_key,
        mail_pieces.mail_piece_key as position_key,
        'direct_mail' as channel,
        mail_pieces.position_at as occurred_at
    from mail_pieces
    cross join run_context
    where
        mail_pieces.position_at <= run_context.as_of
        and mail_pieces.stopped_at is null
    union all
    select
        household_key,
        touch_key as position_key,
        channel,
        occurred_at
    from touches

),

-- Everyone who was touched and never came: one path a household, the same for each window.
silent_households as (

    select
        household_touches.household_key,
        string_agg(
            household_touches.channel,
            '>' order by household_touches.occurred_at, household_touches.position_key
        ) as path_channels
    from household_touches
    left join buying_households
        on household_touches.household_key = buying_households.household_key
    where buying_households.household_key is null
    group by household_touches.household_key

),

unconverted_paths as (

    select
        windows.window_label,
        silent_households.path_channels,
        count(*) as unconverted_count
    from silent_households
    cross join windows
    group by
        windows.window_label,
        silent_households.path_channels

),

channel_paths_counted as (

    select
        coalesce(converted_paths.window_label, unconverted_paths.window_label) as window_label,
        coalesce(converted_paths.path_channels, unconverted_paths.path_channels) as path_channels,
        coalesce(converted_paths.converted_count, 0) as converted_count,
        coalesce(unconverted_paths.unconverted_count, 0) as unconverted_count
    from converted_paths
    full join unconverted_paths
        on converted_paths.window_label = unconverted_paths.window_label
        and converted_paths.path_channels = unconverted_paths.path_channels

)

select * from channel_paths_counted
