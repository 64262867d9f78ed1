with

bookings as (

    select
        source,
        account,
        booking_id,
        idempotency_key,
        customer_source,
        customer_account,
        customer_id,
        job_source,
        job_account,
        job_id,
        job_number,
        postal_code,
        status,
        requested_at,
        slot_starts_at,
        slot_ends_at
    from {{ ref('int_canonical__bookings_unioned') }}
    where
        not is_deleted
        and requested_at <= {{ as_of() }}

),

booked as (

    select
        booking_key,
        source,
        account,
        booking_id,
        job_key,
        customer_key
    from {{ ref('fct_bookings') }}

),

contacts as (

    select
        source,
        account,
        booking_id,
        name_words,
        street_words,
        postal_code
    from {{ ref('int_quality__booking_contacts_read') }}

),

jobs as (

    select
        job_key,
        source,
        account,
        job_id,
        customer_key,
        location_key,
        job_class,
        postal_code,
        scheduled_starts_at,
        scheduled_ends_at,
        callback_of_job_key,
        is_deleted,
        created_at
    from {{ ref('int_operations__jobs_described') }}

),

dispatched_jobs as (

    select
        {{ surrogate_key(['source', 'account', 'job_id']) }} as job_key,
        source,
        account,
        job_number,
        customer_source,
        customer_account,
        customer_id,
        parent_job_id,
        {{ normalised_word('service_address_line_1') }} as street_words
    from {{ ref('int_canonical__jobs_unioned') }}

),

customers as (

    select
        source,
        account,
        customer_id,
        {{ normalised_word("coalesce(name, first_name || ' ' || last_name)") }} as name_words,
        {{ normalised_word('company') }} as company_words
    from {{ ref('int_canonical__customers_unioned') }}

),

appointments as (

    select
        job_key,
        window_starts_at,
        window_set_at
    from {{ ref('fct_appointments') }}
    where job_key is not null

),

deals as (

    select job_number
    from {{ ref('int_canonical__crm_deals_unioned') }}
    where
        job_number is not null
        and not is_deleted
    group by job_number

),

enquiries as (

    select job_key
    from {{ ref('int_quality__enquiries_collected') }}
    where job_key is not null
    group by job_key

),

areas as (

    select
        account,
        postal_code,
        bool_or(coalesce(served, true)) as is_served
    from {{ ref('int_canonical__service_areas_unioned') }}
    where not is_deleted
    group by
        account,
        postal_code

),

served as (

    select
        postal_code,
        bool_or(is_served) as is_served
    from areas
    group by postal_code

),

areas_known as (

    select count(*) > 0 as is_known
    from served

),

-- A code one slip of the finger away from a served one, where the same household is known at the
-- served one, is a typing error and no journey.
household_codes as (

    select household_key, postal_code
    from {{ ref('int_quality__served_households_listed') }}

),

mistyped_jobs as (

    select jobs.job_key
    from jobs
    inner join dispatched_jobs
        on jobs.job_key = dispatched_jobs.job_key
    inner join {{ ref('int_identity__records_keyed') }} as customer_records
        on dispatched_jobs.customer_source = customer_records.source
        and dispatched_jobs.customer_account = customer_records.account
        and dispatched_jobs.customer_id = customer_records.customer_id
        and customer_records.entity = 'customer'
    inner join household_codes
        on customer_records.household_key = household_codes.household_key
        and damerau_levenshtein(jobs.postal_code, household_codes.postal_code) = 1
    group by jobs.job_key

),

minimums as (

    select
        job_class,
        minimum_hours
    from {{ ref('stg_matchback__setting_slot_minimums') }}

),

bookings_described as (

    select
        bookings.source,
        bookings.account,
        bookings.booking_id,
        bookings.idempotency_key,
        bookings.postal_code,
        bookings.status,
        bookings.requested_at,
        bookings.slot_starts_at,
        booked.customer_key,
        jobs.job_key,
        jobs.is_deleted as is_job_deleted,
        jobs.scheduled_starts_at,
        jobs.customer_key as job_customer_key,
        contacts.name_words,
        contacts.street_words,
        customers.name_words as job_name_words,
        customers.company_words as job_company_words,
        dispatched_jobs.street_words as job_street_words
    from bookings
    inner join booked
        on {{ surrogate_key(['bookings.source', 'bookings.account', 'bookings.booking_id']) }}
            = booked.booking_key
    left join contacts
        on bookings.source = contacts.source
        and bookings.account = contacts.account
        and bookings.booking_id = contacts.booking_id
    left join jobs
        on booked.job_key = jobs.job_key
    left join dispatched_jobs
        on booked.job_key = dispatched_jobs.job_key
    left join customers
        on dispatched_jobs.customer_source = customers.source
        and dispatched_jobs.customer_account = customers.account
        and dispatched_jobs.customer_id = customers.customer_id

),

bookings_repeated as (

    select
        source,
        account,
        booking_id,
        idempotency_key,
        first_value(booking_id) over same_request as first_booking_id
    from bookings
    where idempotency_key is not null
    window same_request as (
        partition by source, account, idempotency_key, slot_starts_at, postal_code
        order by requested_at, booking_id
    )

),

-- The slot asked for, held against the appointment as it stood before anybody moved it.
slots_kept as (

    select
        bookings_described.source,
        bookings_described.account,
        bookings_described.booking_id,
        bool_or(
            coalesce(appointments.window_starts_at, bookings_described.scheduled_starts_at)
                = bookings_described.slot_starts_at
            or coalesce(
                appointments.window_set_at > {{ second_add('bookings_described.requested_at', '86400') }},
                false
            )
        ) as is_kept,
        min(coalesce(appointments.window_starts_at, bookings_described.scheduled_starts_at))
            as window_starts_at
    from bookings_described
    left join appointments
        on bookings_described.job_key = appointments.job_key
    where
        bookings_described.job_key is not null
        and bookings_described.slot_starts_at is not null
    group by
        bookings_described.source,
        bookings_described.account,
        bookings_described.booking_id

),

-- Where an account links enquiries at all: at least half of its ordinary work orders name one.
asked_jobs as (

    select
        jobs.job_key,
        jobs.source,
        jobs.account,
        jobs.job_id,
        jobs.created_at,
        enquiries.job_key is not null
        or deals.job_number is not null
        or dispatched_jobs.parent_job_id is not null
        or jobs.callback_of_job_key is not null as is_asked_for
    from jobs
    inner join dispatched_jobs
        on jobs.job_key = dispatched_jobs.job_key
    left join enquiries
        on jobs.job_key = enquiries.job_key
    left join deals
        on dispatched_jobs.job_number = deals.job_number
    where
        jobs.job_class in ('demand', 'maintenance', 'install')
        and not jobs.is_deleted

),

linking_accounts as (

    select
        source,
        account,
        2 * count(*) filter (where is_asked_for) >= count(*) as is_linking
    from asked_jobs
    group by
        source,
        account

),

final as (

    select
        'booking_without_job' as rule,
        source,
        account,
        'bookings' as entity,
        booking_id as entity_id,
        'a work order in dispatch' as expected,
        'none' as observed,
        'requested ' || cast(requested_at as varchar) || ', ' || status as detail
    from bookings_described
    where
        status in ('accepted', 'converted')
        and (job_key is null or is_job_deleted)
        and requested_at <= {{ second_add(as_of(), '-3600') }}
    union all
    select
        'duplicate_booking',
        source,
        account,
        'bookings',
        booking_id,
        'one booking per request',
        'the request of booking ' || first_booking_id || ' again',
        cast(null as varchar)
    from bookings_repeated
    where booking_id != first_booking_id
    union all
    select
        'booking_wrong_customer',
        source,
        account,
        'bookings',
        booking_id,
        'the work order of the customer who asked',
        'another customer''s work order',
        cast(null as varchar)
    from bookings_described
    where
        job_key is not null
        and (
            customer_key != job_customer_key
            or (
                len(list_intersect(
                    string_split(name_words, ' '),
                    string_split(coalesce(job_name_words, '') || ' ' || coalesce(job_company_words, ''), ' ')
                )) = 0
                and coalesce(street_words != job_street_words, true)
                and coalesce(job_name_words, job_company_words) is not null
            )
        )
    union all
    select
        'booking_wrong_slot',
        bookings_described.source,
        bookings_described.account,
        'bookings',
        bookings_described.booking_id,
        cast(bookings_described.slot_starts_at as varchar),
        cast(slots_kept.window_starts_at as varchar),
        cast(null as varchar)
    from bookings_described
    inner join slots_kept
        on bookings_described.source = slots_kept.source
        and bookings_described.account = slots_kept.account
        and bookings_described.booking_id = slots_kept.booking_id
    where not slots_kept.is_kept
    union all
    select
        'booking_outside_area',
        bookings.source,
        bookings.account,
        'bookings',
        bookings.booking_id,
        'a served postal code',
        bookings.postal_code,
        cast(null as varchar)
    from bookings
    cross join areas_known
    inner join booked
        on {{ surrogate_key(['bookings.source', 'bookings.account', 'bookings.booking_id']) }}
            = booked.booking_key
    left join served
        on bookings.postal_code = served.postal_code
    left join mistyped_jobs
        on booked.job_key = mistyped_jobs.job_key
    where
        areas_known.is_known
        and mistyped_jobs.job_key is null
        and bookings.postal_code is not null
        and not coalesce(served.is_served, false)
    union all
    select
        'job_without_booking',
        asked_jobs.source,
        asked_jobs.account,
        'jobs',
        asked_jobs.job_id,
        'a call, lead, booking or deal that asked for it',
        'none',
        cast(null as varchar)
    from asked_jobs
    inner join linking_accounts
        on asked_jobs.source = linking_accounts.source
        and asked_jobs.account = linking_accounts.account
    where
        linking_accounts.is_linking
        and not asked_jobs.is_asked_for
        and asked_jobs.created_at <= {{ second_add(as_of(), '-7200') }}
    union all
    select
        'slot_too_short',
        jobs.source,
        jobs.account,
        'jobs',
        jobs.job_id,
        cast(minimums.minimum_hours as varchar) || ' hours',
        cast({{ seconds_between('jobs.scheduled_starts_at', 'jobs.scheduled_ends_at') }} / 3600 as varchar)
        || ' hours',
        jobs.job_class
    from jobs
    inner join minimums
        on jobs.job_class = minimums.job_class
    where
        not jobs.is_deleted
        and {{ seconds_between('jobs.scheduled_starts_at', 'jobs.scheduled_ends_at') }}
            < minimums.minimum_hours * 3600
    union all
    select
        'job_outside_area',
        jobs.source,
        jobs.account,
        'jobs',
        jobs.job_id,
        'a served postal code',
        jobs.postal_code,
        cast(null as varchar)
    from jobs
    cross join areas_known
    left join served
        on jobs.postal_code = served.postal_code
    left join mistyped_jobs
        on jobs.job_key = mistyped_jobs.job_key
    where
        areas_known.is_known
        and mistyped_jobs.job_key is null
        and not jobs.is_deleted
        and jobs.postal_code is not null
        and not coalesce(served.is_served, false)

)

select * from final
