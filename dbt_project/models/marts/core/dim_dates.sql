with

days as (

    select
        date_on,
        holiday_name,
        iso_weekday,
        is_postal_day,
        is_business_day
    from {{ ref('int_calendar__days_built') }}

),

final as (

    select
        holiday_name,
        cast(iso_weekday as bigint) as iso_weekday,
        is_postal_day,
        is_business_day,
        date_on,
        {{ month_start('date_on') }} as month_starts_on,
        {{ day_add('date_on', '1 - iso_weekday') }} as week_starts_on
    from days

)

select * from final
