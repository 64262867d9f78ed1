with holidays as (

    select
        holiday_on,
        min(name) as holiday_name
    from {{ ref('stg_matchback__setting_holidays') }}
    group by holiday_on

),

days as (

    {{ date_spine("date '2000-01-01'", day_add(local_date(as_of()), 1100)) }}

),

days_judged as (

    select
        days.date_on,
        holidays.holiday_name,
        {{ iso_weekday('days.date_on') }} as iso_weekday,
        holidays.holiday_on is null and {{ iso_weekday('days.date_on') }} <= 6 as is_postal_day,
        holidays.holiday_on is null and {{ iso_weekday('days.date_on') }} <= 5 as is_business_day
    from days
    left join holidays
        on days.date_on = holidays.holiday_on

),

days_counted as (

    select
        date_on,
        holiday_name,
        iso_weekday,
        cast(sum(cast(is_postal_day as integer)) over (
            order by date_on rows between unbounded preceding and current row
        ) as integer) as postal_day_number,
        cast(sum(cast(is_business_day as integer)) over (
            order by date_on rows between unbounded preceding and current row
        ) as integer) as business_day_number,
        is_postal_day,
        is_business_day
    from days_judged

)

select * from days_counted
