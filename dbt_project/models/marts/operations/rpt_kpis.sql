with

kpis as (

    select
        kpi,
        base,
        statistic,
        unit_divisor,
        has_days
    from {{ ref('int_operations__kpis_defined') }}

),

counts as (

    select
        base,
        period,
        cut,
        cut_value,
        numerator,
        denominator,
        period_start_on
    from {{ ref('int_operations__kpi_counts_summed') }}

),

samples as (

    select
        base,
        period,
        cut,
        cut_value,
        sample_count,
        p50_tenths,
        p90_tenths,
        period_start_on
    from {{ ref('int_operations__kpi_samples_ranked') }}

),

completion_curves as (

    select
        kpi,
        period,
        cut,
        cut_value,
        value,
        job_count,
        period_start_on
    from {{ ref('int_operations__completion_curves_estimated') }}

),

targets as (

    select
        kpi,
        target,
        direction
    from {{ ref('stg_matchback__setting_kpi_targets') }}

),

kpi_values as (

    select
        kpis.kpi,
        counts.period,
        counts.cut,
        counts.cut_value,
        counts.numerator / nullif(counts.denominator, 0) / kpis.unit_divisor as value,
        counts.numerator / kpis.unit_divisor as numerator,
        cast(counts.denominator as double) as denominator,
        counts.period_start_on
    from kpis
    inner join counts
        on kpis.base = counts.base
    where
        kpis.statistic = 'ratio'
        and (kpis.has_days or counts.period = 'month')
    union all
    select
        kpis.kpi,
        samples.period,
        samples.cut,
        samples.cut_value,
        case
            when kpis.statistic = 'p50' then samples.p50_tenths
            else samples.p90_tenths
        end / (10 * kpis.unit_divisor) as value,
        null as numerator,
        cast(samples.sample_count as double) as denominator,
        samples.period_start_on
    from kpis
    inner join samples
        on kpis.base = samples.base
    where kpis.statistic in ('p50', 'p90')
    union all
    select
        kpi,
        period,
        cut,
        cut_value,
        value,
        null as numerator,
        cast(job_count as double) as denominator,
        period_start_on
    from completion_curves

),

final as (

    select
        kpi_values.period,
        kpi_values.kpi,
        kpi_values.cut,
        kpi_values.cut_value,
        kpi_values.value,
        kpi_values.numerator,
        kpi_values.denominator,
        targets.target,
        targets.direction as target_direction,
        case
            when targets.direction = 'at_most' then kpi_values.value <= targets.target
            else kpi_values.value >= targets.target
        end as is_met,
        kpi_values.period_start_on
    from kpi_values
    left join targets
        on kpi_values.kpi = targets.kpi

)

select * from final
