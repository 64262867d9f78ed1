{{ config(materialized='view') }}

with

jobs as (

    select
        job_key,
        address_key,
        callback_of_job_key,
        location_key,
        business_unit,
        crew,
        job_class,
        region,
        state,
        household_key,
        customer_class,
        net_revenue_cents,
        is_zero_value,
        created_at,
        completed_at,
        cancelled_at
    from {{ ref('int_operations__jobs_described') }}
    where not is_deleted

),

appointments as (

    select
        job_key,
        no_show_by,
        position,
        punctuality,
        is_cancelled,
        is_promised,
        is_due,
        is_kept,
        window_starts_on
    from {{ ref('int_operations__appointments_judged') }}
    where is_due

),

leads as (

    select
        job_key,
        location_key,
        response_seconds,
        is_booked,
        {{ local_date('created_at') }} as created_on
    from {{ ref('int_operations__leads_answered') }}

),

estimates as (

    select
        job_key,
        location_key,
        sold_at,
        coalesce(presented_on, sold_on) as presented_on
    from {{ ref('fct_estimates') }}
    where coalesce(presented_on, sold_on) is not null

),

technician_days as (

    select
        location_key,
        crew,
        paid_seconds,
        on_site_seconds,
        drive_seconds,
        idle_seconds,
        worked_on
    from {{ ref('int_operations__technician_days_measured') }}

),

logical_calls as (

    select
        source,
        account,
        is_success,
        is_caller_fault,
        {{ local_date('first_called_at') }} as called_on
    from {{ ref('int_service__logical_calls_judged') }}
    where is_valid

),

account_locations as (

    select
        source,
        account,
        location_key
    from {{ ref('int_operations__divisions_located') }}
    where division is null

),

headline_credits as (

    select
        credits.job_key,
        credits.location_key,
        credits.channel,
        cast(credits.credit_amount * 100 as bigint) as credit_cents,
        lines.happened_on
    from {{ ref('bridge_attribution_credits') }} as credits
    inner join {{ ref('fct_invoice_lines') }} as lines
        on credits.invoice_line_key = lines.invoice_line_key
    where
        credits.model = {{ run_setting('headline_model') }}
        and credits.window_label = {{ run_setting('headline_window_label') }}

),

marketing_costs as (

    select
        location_key,
        cast(amount * 100 as bigint) as amount_cents,
        incurred_on
    from {{ ref('fct_marketing_costs') }}

),

mail_pieces as (

    select
        location_key,
        cast(cost_amount * 100 as bigint) as cost_cents,
        {{ local_date('coalesce(sent_at, queued_at)') }} as mailed_on
    from {{ ref('fct_mail_pieces') }}
    where cost_amount is not null

),

follow_ups_owed as (

    select
        job_key,
        location_key,
        due_at,
        followed_up_at,
        {{ local_date('owed_since_at') }} as owed_on
    from {{ ref('int_operations__follow_ups_owed') }}
    where
        due_at <= {{ as_of() }}
        or followed_up_at is not null

),

returns as (

    select
        address_key,
        callback_of_job_key,
        job_key,
        created_at
    from jobs
    where
        cancelled_at is null
        and (
            job_class in ('recall', 'warranty')
            or is_zero_value
            or callback_of_job_key is not null
        )

),

fixable_jobs as (

    select
        job_key,
        address_key,
        completed_at
    from jobs
    where completed_at <= {{ second_add(as_of(), '-30 * 86400') }}

),

jobs_returned_to as (

    select fixable_jobs.job_key
    from fixable_jobs
    inner join returns
        on fixable_jobs.address_key = returns.address_key
        and fixable_jobs.job_key != returns.job_key
        and returns.created_at > fixable_jobs.completed_at
        and returns.created_at <= {{ second_add('fixable_jobs.completed_at', '30 * 86400') }}
    union
    select fixable_jobs.job_key
    from fixable_jobs
    inner join returns
        on fixable_jobs.job_key = returns.callback_of_job_key
        and returns.created_at > fixable_jobs.completed_at
        and returns.created_at <= {{ second_add('fixable_jobs.completed_at', '30 * 86400') }}

),

first_appointments as (

    select
        job_key,
        punctuality,
        window_starts_on
    from appointments
    where
        position = 1
        and is_promised
        and punctuality is not null

),

standing_appointments as (

    select
        job_key,
        no_show_by,
        is_kept,
        window_starts_on
    from appointments
    where not is_cancelled

),

job_counts as (

    select
        'on_time_start' as base,
        job_key,
        cast(null as varchar) as location_key,
        cast(punctuality = 'on time' as bigint) as numerator,
        1 as denominator,
        window_starts_on as measured_on
    from first_appointments
    where punctuality != 'unknown'
    union all
    select
        'arrival_unknown_share',
        job_key,
        null,
        cast(punctuality = 'unknown' as bigint),
        1,
        window_starts_on
    from first_appointments
    union all
    select
        'crew_show_rate',
        job_key,
        null,
        cast(is_kept as bigint),
        1,
        window_starts_on
    from standing_appointments
    union all
    select
        'no_show_share',
        job_key,
        null,
        cast(no_show_by is not null as bigint),
        1,
        window_starts_on
    from standing_appointments
    union all
    select
        'no_show_customer_share',
        job_key,
        null,
        cast(coalesce(no_show_by = 'customer', false) as bigint),
        1,
        window_starts_on
    from standing_appointments
    union all
    select
        'no_show_crew_share',
        job_key,
        null,
        cast(coalesce(no_show_by = 'crew', false) as bigint),
        1,
        window_starts_on
    from standing_appointments
    union all
    select
        'first_time_fix',
        fixable_jobs.job_key,
        null,
        cast(jobs_returned_to.job_key is null as bigint),
        1,
        {{ local_date('fixable_jobs.completed_at') }}
    from fixable_jobs
    left join jobs_returned_to
        on fixable_jobs.job_key = jobs_returned_to.job_key
    union all
    select
        'average_ticket',
        job_key,
        null,
        net_revenue_cents,
        1,
        {{ local_date('completed_at') }}
    from jobs
    where
        completed_at is not null
        and net_revenue_cents != 0
    union all
    select
        'booking_rate',
        job_key,
        location_key,
        cast(is_booked as bigint),
        1,
        created_on
    from leads
    union all
    select
        'lead_unanswered_share',
        job_key,
        location_key,
        cast(response_seconds is null as bigint),
        1,
        created_on
    from leads
    union all
    select
        'close_rate',
        job_key,
        location_key,
        cast(sold_at is not null as bigint),
        1,
        presented_on
    from estimates
    union all
    select
        'unattributed_share',
        job_key,
        location_key,
        case when channel = 'unattributed' then credit_cents else 0 end,
        credit_cents,
        happened_on
    from headline_credits
    union all
    select
        'follow_up_sla',
        job_key,
        location_key,
        cast(coalesce(followed_up_at < due_at, false) as bigint),
        1,
        owed_on
    from follow_ups_owed

),

other_counts as (

    select
        'crew_utilization' as base,
        location_key,
        crew,
        on_site_seconds as numerator,
        paid_seconds as denominator,
        worked_on as measured_on
    from technician_days
    union all
    select
        'crew_drive_share',
        location_key,
        crew,
        drive_seconds,
        paid_seconds,
        worked_on
    from technician_days
    union all
    select
        'crew_idle_share',
        location_key,
        crew,
        idle_seconds,
        paid_seconds,
        worked_on
    from technician_days
    union all
    select
        'api_success',
        coalesce(account_locations.location_key, 'main'),
        null,
        cast(logical_calls.is_success as bigint),
        1,
        logical_calls.called_on
    from logical_calls
    left join account_locations
        on logical_calls.source = account_locations.source
        and logical_calls.account = account_locations.account
    union all
    select
        'api_caller_fault_share',
        coalesce(account_locations.location_key, 'main'),
        null,
        cast(logical_calls.is_caller_fault as bigint),
        1,
        logical_calls.called_on
    from logical_calls
    left join account_locations
        on logical_calls.source = account_locations.source
        and logical_calls.account = account_locations.account
    union all
    select
        'cac',
        location_key,
        null,
        amount_cents,
        0,
        incurred_on
    from marketing_costs
    union all
    select
        'cac',
        location_key,
        null,
        cost_cents,
        0,
        mailed_on
    from mail_pieces

),

-- A household is new once: with its first completed job as a new customer.
new_households as (

    select
        household_key,
        arg_min(location_key, struct_pack(at := completed_at, key := job_key)) as location_key,
        {{ local_date('min(completed_at)') }} as completed_on
    from jobs
    where
        customer_class = 'new'
        and completed_at is not null
        and household_key is not null
    group by household_key

),

final as (

    select
        job_counts.base,
        job_counts.job_key,
        coalesce(jobs.location_key, job_counts.location_key, 'main') as location_key,
        jobs.business_unit,
        jobs.crew,
        jobs.job_class,
        jobs.region,
        jobs.state,
        cast(job_counts.numerator as bigint) as numerator,
        cast(job_counts.denominator as bigint) as denominator,
        job_counts.measured_on
    from job_counts
    left join jobs
        on job_counts.job_key = jobs.job_key
    where job_counts.measured_on is not null
    union all
    select
        base,
        cast(null as varchar),
        location_key,
        cast(null as varchar),
        crew,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(numerator as bigint),
        cast(denominator as bigint),
        measured_on
    from other_counts
    where measured_on is not null
    union all
    select
        'cac',
        cast(null as varchar),
        location_key,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(0 as bigint),
        cast(1 as bigint),
        completed_on
    from new_households

)

select * from final
