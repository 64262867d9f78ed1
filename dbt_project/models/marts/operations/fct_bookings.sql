with

bookings as (

    select
        source,
        account,
        booking_id,
        customer_source,
        customer_account,
        customer_id,
        job_source,
        job_account,
        job_id,
        job_number,
        campaign_source,
        campaign_account,
        campaign_id,
        mail_piece_source,
        mail_piece_account,
        mail_piece_id,
        idempotency_key,
        job_type,
        postal_code,
        status,
        lead_source,
        utm_source,
        utm_medium,
        utm_campaign,
        gclid,
        requested_at,
        slot_starts_at,
        slot_ends_at,
        known_at,
        promo_code,
        tracking_phone
    from {{ ref('int_canonical__bookings_unioned') }}
    where not is_deleted

),

customer_records as (

    select
        source,
        account,
        customer_id,
        customer_key,
        household_key
    from {{ ref('int_identity__records_keyed') }}
    where entity = 'customer'

),

jobs as (

    select
        source,
        account,
        job_id,
        job_number,
        job_key,
        customer_key,
        household_key,
        location_key,
        is_number_unique
    from {{ ref('int_operations__jobs_referenced') }}

),

campaigns as (

    select
        source,
        account,
        campaign_id,
        campaign_key
    from {{ ref('int_campaigns__linked') }}

),

account_locations as (

    select
        source,
        account,
        division,
        location_key
    from {{ ref('int_operations__divisions_located') }}

),

final as (

    select
        {{ surrogate_key([
            'bookings.source',
            'bookings.account',
            'bookings.booking_id'
        ]) }} as booking_key,
        bookings.source,
        bookings.account,
        {{ masked_text('bookings.booking_id') }} as booking_id,
        coalesce(
            customer_records.customer_key,
            jobs_by_id.customer_key,
            jobs_by_number.customer_key
        ) as customer_key,
        coalesce(
            customer_records.household_key,
            jobs_by_id.household_key,
            jobs_by_number.household_key
        ) as household_key,
        coalesce(
            jobs_by_id.job_key,
            jobs_by_number.job_key,
            case
                when bookings.job_id is not null
                    then {{ surrogate_key([
            'bookings.job_source',
            'bookings.job_account',
            'bookings.job_id'
        ]) }}
            end
        ) as job_key,
        coalesce(
            campaigns.campaign_key,
            case
                when bookings.campaign_id is not null
                    then {{ surrogate_key([
            'bookings.campaign_source',
            'bookings.campaign_account',
            'bookings.campaign_id'
        ]) }}
            end
        ) as campaign_key,
        case
            when bookings.mail_piece_id is not null
                then {{ surrogate_key([
            'bookings.mail_piece_source',
            'bookings.mail_piece_account',
            'bookings.mail_piece_id'
        ]) }}
        end as mail_piece_key,
        coalesce(
            jobs_by_id.location_key,
            jobs_by_number.location_key,
            account_locations.location_key,
            'main'
        ) as location_key,
        {{ masked_text('bookings.idempotency_key') }} as idempotency_key,
        bookings.job_type,
        bookings.postal_code,
        bookings.status,
        {{ masked_text('bookings.lead_source') }} as lead_source,
        bookings.utm_source,
        bookings.utm_medium,
        bookings.utm_campaign,
        bookings.gclid,
        coalesce(
            bookings.campaign_id,
            bookings.mail_piece_id,
            bookings.promo_code,
            bookings.utm_source,
            bookings.utm_campaign,
            bookings.gclid,
            bookings.tracking_phone,
            bookings.lead_source
        ) is not null as has_marketing_source,
        {{ local_date('bookings.requested_at') }} as requested_on,
        {{ local_date('bookings.slot_starts_at') }} as slot_starts_on,
        {{ local_date('bookings.slot_ends_at') }} as slot_ends_on,
        {{ local_date('bookings.known_at') }} as known_on,
        bookings.requested_at,
        bookings.slot_starts_at,
        bookings.slot_ends_at,
        bookings.known_at
    from bookings
    left join customer_records
        on bookings.customer_source = customer_records.source
        and bookings.customer_account = customer_records.account
        and bookings.customer_id = customer_records.customer_id
    left join jobs as jobs_by_id
        on bookings.job_source = jobs_by_id.source
        and bookings.job_account = jobs_by_id.account
        and bookings.job_id = jobs_by_id.job_id
    left join jobs as jobs_by_number
        -- The test within the key: beside it, every row would be compared with every other.
        on bookings.job_source = jobs_by_number.source
        and bookings.job_account = jobs_by_number.account
        and case when bookings.job_id is null then bookings.job_number end = jobs_by_number.job_number
        and jobs_by_number.is_number_unique
    left join campaigns
        on bookings.campaign_source = campaigns.source
        and bookings.campaign_account = campaigns.account
        and bookings.campaign_id = campaigns.campaign_id
    left join account_locations
        on bookings.source = account_locations.source
        and bookings.account = account_locations.account
        and account_locations.division is null

)

select * from final
