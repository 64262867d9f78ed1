with job_types as (

    select
        account,
        job_type_id,
        name
    from {{ ref('stg_servicetitan__job_types') }}

),

servicetitan as (

    select
        bookings.source,
        bookings.account,
        bookings.booking_id,
        bookings.external_id as idempotency_key,
        -- Landing pages pass the code of the card on as the booking's own reference.
        bookings.external_id as promo_code,
        bookings.job_id,
        bookings.campaign_id,
        job_types.name as job_type,
        {{ postal_code_5('bookings.postal_code') }} as postal_code,
        bookings.status,
        bookings.booking_source as lead_source,
        bookings.created_at as requested_at,
        bookings.starts_at as slot_starts_at,
        {{ version_columns('bookings', 'coalesce(bookings.is_active, true) = false') }}
    from {{ ref('stg_servicetitan__bookings') }} as bookings
    left join job_types
        on bookings.account = job_types.account
        and bookings.job_type_id = job_types.job_type_id

),

{{ canonical_union('bookings', vendors=['servicetitan']) }}
