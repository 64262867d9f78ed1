with

samples as (

    select
        base,
        job_key,
        location_key,
        business_unit,
        crew,
        job_class,
        region,
        state,
        sample,
        measured_on
    from {{ ref('int_operations__kpi_samples_collected') }}

),

tags as (

    select
        job_key,
        tag
    from {{ ref('bridge_job_tags') }}

),

cut_samples as (

    select
        base,
        '(all)' as cut,
        '(all)' as cut_value,
        sample,
        measured_on
    from samples
    union all
    select
        base,
        'location',
        location_key,
        sample,
        measured_on
    from samples
    where location_key is not null
    union all
    select
        base,
        'business_unit',
        business_unit,
        sample,
        measured_on
    from samples
    where business_unit is not null
    union all
    select
        base,
        'crew',
        crew,
        sample,
        measured_on
    from samples
    where crew is not null
    union all
    select
        base,
        'job_class',
        job_class,
        sample,
        measured_on
    from samples
    where job_class is not null
    union all
    select
        base,
        'region',
        region,
        sample,
        measured_on
    from samples
    where region is not null
    union all
    select
        base,
        'state',
        state,
        sample,
        measured_on
    from samples
    where state is not null
    union all
    select
        samples.base,
        'tag',
        tags.tag,
        samples.sample,
        samples.measured_on
    from samples
    inner join tags
        on samples.job_key = tags.job_key

),

sorted_samples as (

    select
        base,
        'day' as period,
        cut,
        cut_value,
        list_sort(list(sample)) as samples,
        measured_on as period_start_on
    from cut_samples
    group by
        base,
        cut,
        cut_value,
        measured_on
    union all
    select
        base,
        'month',
        cut,
        cut_value,
        list_sort(list(sample)),
        {{ month_start('measured_on') }}
    from cut_samples
    group by
        base,
        cut,
        cut_value,
        {{ month_start('measured_on') }}

),

-- Linear interpolation between order statistics, in tenths of a second: exact in integers. The
-- p90 of n samples lies at rank 0.9 (n - 1).
final as (

    select
        base,
        period,
        cut,
        cut_value,
        len(samples) as sample_count,
        10 * samples[(5 * (len(samples) - 1)) // 10 + 1]
        + ((5 * (len(samples) - 1)) % 10) * (
            samples[least((5 * (len(samples) - 1)) // 10 + 2, len(samples))]
            - samples[(5 * (len(samples) - 1)) // 10 + 1]
        ) as p50_tenths,
        10 * samples[(9 * (len(samples) - 1)) // 10 + 1]
        + ((9 * (len(samples) - 1)) % 10) * (
            samples[least((9 * (len(samples) - 1)) // 10 + 2, len(samples))]
            - samples[(9 * (len(samples) - 1)) // 10 + 1]
        ) as p90_tenths,
        period_start_on
    from sorted_samples

)

select * from final
