with

final as (

    select
        slo,
        window_days,
        target,
        threshold,
        value,
        good,
        valid,
        budget_left_share,
        burn_rate_5m,
        burn_rate_30m,
        burn_rate_1h,
        burn_rate_6h,
        burn_rate_3d,
        is_met,
        is_low_traffic,
        action
    from {{ ref('int_service__levels_judged') }}

)

select * from final
