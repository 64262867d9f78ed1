with

final as (

    select
        'on_time_start' as kpi,
        'on_time_start' as base,
        'ratio' as statistic,
        1 as unit_divisor,
        true as has_days
    union all
    select
        'arrival_unknown_share',
        'arrival_unknown_share',
        'ratio',
        1,
        true
    union all
    select
        'cycle_time_hours',
        'cycle_time',
        'p50',
        3600,
        true
    union all
    select
        'cycle_time_hours_p90',
        'cycle_time',
        'p90',
        3600,
        true
    union all
    select
        'created_to_started_hours',
        'created_to_started',
        'p50',
        3600,
        true
    union all
    select
        'created_to_started_hours_p90',
        'created_to_started',
        'p90',
        3600,
        true
    union all
    select
        'started_to_completed_hours',
        'started_to_completed',
        'p50',
        3600,
        true
    union all
    select
        'started_to_completed_hours_p90',
        'started_to_completed',
        'p90',
        3600,
        true
    union all
    select
        'crew_utilization',
        'crew_utilization',
        'ratio',
        1,
        true
    union all
    select
        'crew_drive_share',
        'crew_drive_share',
        'ratio',
        1,
        true
    union all
    select
        'crew_idle_share',
        'crew_idle_share',
        'ratio',
        1,
        true
    union all
    select
        'api_success',
        'api_success',
        'ratio',
        1,
        true
    union all
    select
        'api_caller_fault_share',
        'api_caller_fault_share',
        'ratio',
        1,
        true
    union all
    select
        'first_time_fix',
        'first_time_fix',
        'ratio',
        1,
        true
    union all
    select
        'crew_show_rate',
        'crew_show_rate',
        'ratio',
        1,
        true
    union all
    select
        'booking_rate',
        'booking_rate',
        'ratio',
        1,
        true
    union all
    select
        'close_rate',
        'close_rate',
        'ratio',
        1,
        true
    union all
    select
        'lead_response_hours',
        'lead_response',
        'p50',
        3600,
        true
    union all
    select
        'lead_response_hours_p90',
        'lead_response',
        'p90',
        3600,
        true
    union all
    select
        'lead_unanswered_share',
        'lead_unanswered_share',
        'ratio',
        1,
        true
    union all
    select
        'cac',
        'cac',
        'ratio',
        100,
        false
    union all
    select
        'no_show_share',
        'no_show_share',
        'ratio',
        1,
        true
    union all
    select
        'no_show_customer_share',
        'no_show_customer_share',
        'ratio',
        1,
        true
    union all
    select
        'no_show_crew_share',
        'no_show_crew_share',
        'ratio',
        1,
        true
    union all
    select
        'unattributed_share',
        'unattributed_share',
        'ratio',
        1,
        true
    union all
    select
        'average_ticket',
        'average_ticket',
        'ratio',
        100,
        true
    union all
    select
        'follow_up_sla',
        'follow_up_sla',
        'ratio',
        1,
        true

)

select * from final
