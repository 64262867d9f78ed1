with

pieces as (

    select
        campaign_key,
        wave,
        location_key,
        in_home_on
    from {{ ref('int_operations__pieces_located') }}

),

waves as (

    select
        campaign_key,
        wave,
        location_key,
        count(*) as pieces_in_home,
        min(in_home_on) as first_in_home_on
    from pieces
    group by
        campaign_key,
        wave,
        location_key

),

kpis as (

    select
        kpi,
        cut_value as location_key,
        numerator,
        denominator,
        period_start_on as day_on
    from {{ ref('rpt_kpis') }}
    where
        period = 'day'
        and cut in ('location', '(all)')
        and kpi in ('crew_utilization', 'on_time_start')

),

jobs as (

    select
        location_key,
        created_on,
        count(*) as job_count
    from {{ ref('fct_jobs') }}
    group by
        location_key,
        created_on
    union all
    select
        '(all)',
        created_on,
        count(*)
    from {{ ref('fct_jobs') }}
    group by created_on

),

weeks as (

    select week
    from generate_series(-4, 7) as weeks (week)

),

wave_weeks as (

    select
        waves.campaign_key,
        waves.wave,
        waves.location_key,
        waves.pieces_in_home,
        weeks.week,
        {{ day_add('waves.first_in_home_on', '7 * weeks.week') }} as week_starts_on
    from waves
    cross join weeks

),

week_kpis as (

    select
        wave_weeks.campaign_key,
        wave_weeks.wave,
        wave_weeks.location_key,
        wave_weeks.week,
        sum(kpis.numerator) filter (where kpis.kpi = 'crew_utilization') as on_site_seconds,
        sum(kpis.denominator) filter (where kpis.kpi = 'crew_utilization') as paid_seconds,
        sum(kpis.numerator) filter (where kpis.kpi = 'on_time_start') as on_time_starts,
        sum(kpis.denominator) filter (where kpis.kpi = 'on_time_start') as known_starts
    from wave_weeks
    inner join kpis
        on wave_weeks.location_key = kpis.location_key
        and kpis.day_on between wave_weeks.week_starts_on
            and {{ day_add('wave_weeks.week_starts_on', 6) }}
    group by
        wave_weeks.campaign_key,
        wave_weeks.wave,
        wave_weeks.location_key,
        wave_weeks.week

),

week_jobs as (

    select
        wave_weeks.campaign_key,
        wave_weeks.wave,
        wave_weeks.location_key,
        wave_weeks.week,
        sum(jobs.job_count) as jobs_created
    from wave_weeks
    inner join jobs
        on wave_weeks.location_key = jobs.location_key
        and jobs.created_on between wave_weeks.week_starts_on
            and {{ day_add('wave_weeks.week_starts_on', 6) }}
    group by
        wave_weeks.campaign_key,
        wave_weeks.wave,
        wave_weeks.location_key,
        wave_weeks.week

),

final as (

    select
        wave_weeks.campaign_key,
        wave_weeks.wave,
        wave_weeks.location_key,
        cast(wave_weeks.week as bigint) as week,
        cast(wave_weeks.pieces_in_home as bigint) as pieces_in_home,
        cast(coalesce(week_jobs.jobs_created, 0) as bigint) as jobs_created,
        week_kpis.on_site_seconds / nullif(week_kpis.paid_seconds, 0) as crew_utilization,
        week_kpis.on_time_starts / nullif(week_kpis.known_starts, 0) as on_time_start,
        wave_weeks.week_starts_on
    from wave_weeks
    left join week_kpis
        on wave_weeks.campaign_key = week_kpis.campaign_key
        and wave_weeks.wave = week_kpis.wave
        and wave_weeks.location_key = week_kpis.location_key
        and wave_weeks.week = week_kpis.week
    left join week_jobs
        on wave_weeks.campaign_key = week_jobs.campaign_key
        and wave_weeks.wave = week_jobs.wave
        and wave_weeks.location_key = week_jobs.location_key
        and wave_weeks.week = week_jobs.week
    where wave_weeks.week_starts_on <= {{ local_date(as_of()) }}

)

select * from final
