with areas as (

    select
        campaign_source as source,
        campaign_account as account,
        campaign_id,
        postal_code,
        arm,
        mailed_on
    from {{ ref('int_canonical__campaign_areas_unioned') }}
    where
        not is_deleted
        and postal_code is not null
        and arm in ('mailed', 'holdout')

),

campaign_references as (

    select
        source,
        account,
        campaign_id,
        campaign_key
    from {{ ref('int_campaigns__linked') }}

),

campaigns as (

    select
        campaign_key,
        mail_class
    from {{ ref('int_campaigns__described') }}

),

windows as (

    select
        campaign_key,
        window_label,
        window_days
    from {{ ref('int_campaigns__windows_listed') }}

),

waves as (

    select
        campaign_key,
        min(window_starts_on) as window_starts_on
    from {{ ref('int_measurement__waves_dated') }}
    where has_pieces
    group by campaign_key

),

days as (

    select
        date_on,
        postal_day_number,
        is_postal_day
    from {{ ref('int_calendar__days_built') }}

),

run_context as (

    select
        mail_first_class_days,
        mail_marketing_days,
        {{ local_date('as_of') }} as today_on
    from {{ ref('stg_matchback__run_context') }}

),

mail_pieces as (

    select
        campaign_key,
        cost_amount
    from {{ ref('fct_mail_pieces') }}
    where campaign_key is not null

),

mail_costs as (

    select
        campaign_key,
        amount
    from {{ ref('fct_mail_costs') }}
    where campaign_key is not null

),

piece_costs as (

    select
        campaign_key,
        cast(sum(cast(cost_amount * 100 as bigint)) as bigint) as cost_cents
    from mail_pieces
    group by campaign_key

),

stated_costs as (

    select
        campaign_key,
        cast(sum(cast(amount * 100 as bigint)) as bigint) as cost_cents
    from mail_costs
    group by campaign_key

),

areas_keyed as (

    select
        campaign_references.campaign_key,
        areas.postal_code,
        min(areas.arm) as arm,
        count(distinct areas.arm) as arm_count
    from areas
    inner join campaign_references
        on areas.source = campaign_references.source
        and areas.account = campaign_references.account
        and areas.campaign_id = campaign_references.campaign_id
    group by
        campaign_references.campaign_key,
        areas.postal_code

),

campaigns_mailed as (

    select
        campaign_references.campaign_key,
        quantile_disc(areas.mailed_on, 0.5) as mailed_on
    from areas
    inner join campaign_references
        on areas.source = campaign_references.source
        and areas.account = campaign_references.account
        and areas.campaign_id = campaign_references.campaign_id
    where areas.mailed_on is not null
    group by campaign_references.campaign_key

),

-- Saturation mail has no scans: in homes the class's transit time after mailing, unless pieces say better.
campaigns_arrived as (

    select
        campaigns_mailed.campaign_key,
        min(arrival_days.date_on) as in_home_on
    from campaigns_mailed
    inner join campaigns
        on campaigns_mailed.campaign_key = campaigns.campaign_key
    cross join run_context
    inner join days as mailing_days
        on campaigns_mailed.mailed_on = mailing_days.date_on
    inner join days as arrival_days
        on mailing_days.postal_day_number
        + case when campaigns.mail_class = 'first_class' then run_context.mail_first_class_days
            else run_context.mail_marketing_days end
        = arrival_days.postal_day_number
    group by campaigns_mailed.campaign_key

),

-- An area named in both arms belongs to neither.
areas_windowed as (

    select
        areas_keyed.campaign_key,
        windows.window_label,
        areas_keyed.postal_code,
        windows.window_days,
        areas_keyed.arm = 'mailed' as is_treated,
        coalesce(piece_costs.cost_cents, stated_costs.cost_cents) as cost_cents,
        {{ day_add('coalesce(waves.window_starts_on, campaigns_arrived.in_home_on)', 'windows.window_days') }}
            <= run_context.today_on as is_window_closed,
        coalesce(waves.window_starts_on, campaigns_arrived.in_home_on) as window_starts_on,
        run_context.today_on
    from areas_keyed
    cross join run_context
    inner join windows
        on areas_keyed.campaign_key = windows.campaign_key
    left join waves
        on areas_keyed.campaign_key = waves.campaign_key
    left join campaigns_arrived
        on areas_keyed.campaign_key = campaigns_arrived.campaign_key
    left join piece_costs
        on areas_keyed.campaign_key = piece_costs.campaign_key
    left join stated_costs
        on areas_keyed.campaign_key = stated_costs.campaign_key
    where
        areas_keyed.arm_count = 1
        and coalesce(waves.window_starts_on, campaigns_arrived.in_home_on) is not null

)

select * from areas_windowed
