-- Counts and amounts of ratio KPIs add up from days to months, exactly: both are sums of integers. CAC has no
-- days.
with days as (

    select
        kpi,
        cut,
        cut_value,
        {{ month_start('period_start_on') }} as month_on,
        sum(cast(numerator as decimal(38, 6))) as numerator,
        sum(cast(denominator as decimal(38, 6))) as denominator
    from {{ ref('rpt_kpis') }}
    where
        period = 'day'
        and numerator is not null
    group by
        kpi,
        cut,
        cut_value,
        {{ month_start('period_start_on') }}

),

months as (

    select
        kpi,
        cut,
        cut_value,
        period_start_on as month_on,
        cast(numerator as decimal(38, 6)) as numerator,
        cast(denominator as decimal(38, 6)) as denominator
    from {{ ref('rpt_kpis') }}
    where
        period = 'month'
        and numerator is not null
        and kpi != 'cac'

),

compared as (

    select
        months.kpi,
        months.cut,
        months.cut_value,
        months.month_on
    from months
    full outer join days
        on months.kpi = days.kpi
        and months.cut = days.cut
        and months.cut_value = days.cut_value
        and months.month_on = days.month_on
    where
        -- Cents and hours shown as decimals: a millionth is the width of the cast.
        abs(coalesce(months.numerator, 0) - coalesce(days.numerator, 0)) > 0.01
        or coalesce(months.denominator, 0) != coalesce(days.denominator, 0)

)

select * from compared
