with

enquiries as (

    select
        has_source,
        is_in_crm,
        is_late,
        asked_at,
        {{ local_date('asked_at') }} as day_on
    from {{ ref('int_quality__enquiries_compared') }}

),

bookings as (

    select
        source,
        account,
        booking_id,
        job_key,
        has_marketing_source,
        status,
        requested_at,
        requested_on as day_on
    from {{ ref('fct_bookings') }}
    where coalesce(status, 'accepted') in ('accepted', 'converted')

),

booking_findings as (

    select
        source,
        account,
        entity_id as booking_id,
        bool_or(rule = 'duplicate_booking') as is_duplicate
    from {{ ref('int_quality__booking_wire_judged') }}
    where
        entity = 'bookings'
        and rule in ('booking_wrong_customer', 'booking_wrong_slot', 'duplicate_booking')
    group by
        source,
        account,
        entity_id

),

jobs as (

    select
        job_key,
        source,
        account,
        job_id,
        job_state,
        is_deleted,
        created_at,
        coalesce(completed_at, cancelled_at, scheduled_ends_at) as finished_at
    from {{ ref('int_operations__jobs_described') }}

),

job_numbers as (

    select
        job_key,
        job_number
    from {{ ref('int_operations__jobs_referenced') }}
    where is_number_unique

),

deals as (

    select
        job_number,
        bool_or(coalesce(is_closed, false)) as is_closed,
        min(closed_at) as closed_at
    from {{ ref('int_canonical__crm_deals_unioned') }}
    where
        not is_deleted
        and job_number is not null
    group by job_number

),

customers as (

    select
        customers.source,
        customers.account,
        customers.customer_id,
        identities.customer_key,
        customers.first_known_at,
        {{ local_date('customers.first_known_at') }} as day_on
    from {{ ref('int_canonical__customers_unioned') }} as customers
    left join {{ ref('int_identity__records_keyed') }} as identities
        on customers.source = identities.source
        and customers.account = identities.account
        and customers.customer_id = identities.customer_id
        and identities.entity = 'customer'
    where
        not customers.is_deleted
        and customers.merged_into_id is null

),

leads_in as (

    select
        'lead_in' as wire,
        day_on,
        count(*) as expected_count,
        count(*) filter (where is_in_crm and has_source) as observed_count,
        count(*) filter (where is_late) as late_count,
        min(asked_at) filter (where not (is_in_crm and has_source)) as oldest_open_at
    from enquiries
    group by day_on

),

bookings_out as (

    select
        'booking_out' as wire,
        bookings.day_on,
        count(*) as expected_count,
        count(*) filter (
            where jobs.job_key is not null and booking_findings.booking_id is null
        ) as observed_count,
        count(*) filter (
            where jobs.created_at > {{ second_add('bookings.requested_at', '86400') }}
        ) as late_count,
        min(bookings.requested_at) filter (
            where jobs.job_key is null or booking_findings.booking_id is not null
        ) as oldest_open_at
    from bookings
    left join booking_findings
        on bookings.source = booking_findings.source
        and bookings.account = booking_findings.account
        and bookings.booking_id = booking_findings.booking_id
    left join jobs
        on bookings.job_key = jobs.job_key
        and not jobs.is_deleted
    where
        not coalesce(booking_findings.is_duplicate, false)
        and (
            jobs.job_key is not null
            or bookings.requested_at <= {{ second_add(as_of(), '-3600') }}
        )
    group by bookings.day_on

),

outcomes_back as (

    select
        'outcome_back' as wire,
        {{ local_date('jobs.finished_at') }} as day_on,
        count(*) as expected_count,
        count(*) filter (where deals.is_closed) as observed_count,
        count(*) filter (
            where deals.closed_at > {{ second_add('jobs.finished_at', '7200') }}
        ) as late_count,
        min(jobs.finished_at) filter (where not deals.is_closed) as oldest_open_at
    from jobs
    inner join job_numbers
        on jobs.job_key = job_numbers.job_key
    inner join deals
        on job_numbers.job_number = deals.job_number
    where
        not jobs.is_deleted
        and jobs.job_state in ('Completed', 'Cancelled', 'No Show')
        and jobs.finished_at <= {{ second_add(as_of(), '-7200') }}
    group by {{ local_date('jobs.finished_at') }}

),

customers_reconciled as (

    select
        'customer_reconciled' as wire,
        day_on,
        count(*) as expected_count,
        count(customer_key) as observed_count,
        0 as late_count,
        min(first_known_at) filter (where customer_key is null) as oldest_open_at
    from customers
    group by day_on

),

measured as (

    select * from leads_in
    union all
    select * from bookings_out
    union all
    select * from outcomes_back
    union all
    select * from customers_reconciled

),

-- The last thirty days have a row each, traffic or not: a wire that carries nothing is news, too.
recent_days as (

    select
        wires.wire,
        days.date_on as day_on
    from {{ ref('dim_dates') }} as days
    cross join (
        values ('lead_in'), ('booking_out'), ('outcome_back'), ('customer_reconciled')
    ) as wires (wire)
    where days.date_on between {{ day_add(local_date(as_of()), -29) }} and {{ local_date(as_of()) }}

),

all_days as (

    select
        wire,
        day_on
    from recent_days
    union
    select
        wire,
        day_on
    from measured
    where day_on is not null

),

final as (

    select
        all_days.wire,
        coalesce(measured.expected_count, 0) as expected_count,
        coalesce(measured.observed_count, 0) as observed_count,
        measured.observed_count / nullif(measured.expected_count, 0) as completeness_share,
        coalesce(measured.late_count, 0) as late_count,
        case
            when coalesce(measured.expected_count, 0) = 0 then 'no traffic'
            when measured.observed_count = measured.expected_count and measured.late_count = 0 then 'ok'
            when measured.observed_count = measured.expected_count then 'late'
            when measured.observed_count >= 0.9 * measured.expected_count then 'incomplete'
            else 'broken'
        end as status,
        all_days.day_on,
        measured.oldest_open_at
    from all_days
    left join measured
        on all_days.wire = measured.wire
        and all_days.day_on = measured.day_on

)

select * from final
