with

counts as (

    select
        base,
        job_key,
        location_key,
        business_unit,
        crew,
        job_class,
        region,
        state,
        numerator,
        denominator,
        measured_on
    from {{ ref('int_operations__kpi_counts_collected') }}

),

tags as (

    select
        job_key,
        tag
    from {{ ref('bridge_job_tags') }}

),

-- Summed by all dimensions once, so that each cut reads few rows.
day_counts as (

    select
        base,
        location_key,
        business_unit,
        crew,
        job_class,
        region,
        state,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        measured_on
    from counts
    group by
        base,
        location_key,
        business_unit,
        crew,
        job_class,
        region,
        state,
        measured_on

),

tag_counts as (

    select
        counts.base,
        tags.tag,
        sum(counts.numerator) as numerator,
        sum(counts.denominator) as denominator,
        counts.measured_on
    from counts
    inner join tags
        on counts.job_key = tags.job_key
    group by
        counts.base,
        tags.tag,
        counts.measured_on

),

cut_counts as (

    select
        base,
        '(all)' as cut,
        '(all)' as cut_value,
        numerator,
        denominator,
        measured_on
    from day_counts
    union all
    select
        base,
        'location',
        location_key,
        numerator,
        denominator,
        measured_on
    from day_counts
    where location_key is not null
    union all
    select
        base,
        'business_unit',
        business_unit,
        numerator,
        denominator,
        measured_on
    from day_counts
    where business_unit is not null
    union all
    select
        base,
        'crew',
        crew,
        numerator,
        denominator,
        measured_on
    from day_counts
    where crew is not null
    union all
    select
        base,
        'job_class',
        job_class,
        numerator,
        denominator,
        measured_on
    from day_counts
    where job_class is not null
    union all
    select
        base,
        'region',
        region,
        numerator,
        denominator,
        measured_on
    from day_counts
    where region is not null
    union all
    select
        base,
        'state',
        state,
        numerator,
        denominator,
        measured_on
    from day_counts
    where state is not null
    union all
    select
        base,
        'tag',
        tag,
        numerator,
        denominator,
        measured_on
    from tag_counts

),

final as (

    select
        base,
        'day' as period,
        cut,
        cut_value,
        cast(sum(numerator) as bigint) as numerator,
        cast(sum(denominator) as bigint) as denominator,
        measured_on as period_start_on
    from cut_counts
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
        cast(sum(numerator) as bigint),
        cast(sum(denominator) as bigint),
        {{ month_start('measured_on') }}
    from cut_counts
    group by
        base,
        cut,
        cut_value,
        {{ month_start('measured_on') }}

)

select * from final
