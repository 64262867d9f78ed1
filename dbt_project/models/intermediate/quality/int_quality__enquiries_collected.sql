with

systems as (

    select source
    from {{ ref('seed_systems') }}
    where system_kind = 'crm'

),

unbooked_calls as (

    select
        source,
        account,
        touch_id
    from {{ ref('int_quality__unbooked_calls_read') }}

),

touches as (

    select
        touches.source,
        touches.account,
        touches.touch_id,
        touches.kind,
        touches.customer_source,
        touches.customer_account,
        touches.customer_id,
        touches.job_source,
        touches.job_account,
        touches.job_id,
        touches.job_number,
        {{ phone_mark('touches.phone') }} as phone,
        lower(trim(touches.email)) as email,
        touches.campaign_source,
        touches.campaign_account,
        touches.campaign_id,
        touches.lead_source,
        coalesce(
            touches.mail_piece_id,
            touches.promo_code,
            touches.utm_source,
            touches.utm_campaign,
            touches.gclid,
            touches.tracking_phone
        ) is not null as has_mark,
        touches.occurred_at
    from {{ ref('int_canonical__touches_unioned') }} as touches
    left join unbooked_calls
        on touches.source = unbooked_calls.source
        and touches.account = unbooked_calls.account
        and touches.touch_id = unbooked_calls.touch_id
    where
        not touches.is_deleted
        and touches.kind in ('call', 'form', 'chat', 'qr_scan')
        -- A call or scan is an enquiry once it led to work or was one that asked for it; a wrong
        -- number never does.
        and (
            touches.kind in ('form', 'chat')
            or touches.job_id is not null
            or touches.job_number is not null
            or unbooked_calls.touch_id is not null
        )

),

leads as (

    select
        source,
        account,
        lead_id,
        customer_source,
        customer_account,
        customer_id,
        job_source,
        job_account,
        job_id,
        job_number,
        {{ phone_mark('phone') }} as phone,
        lower(trim(email)) as email,
        {{ normalised_word("coalesce(name, first_name || ' ' || last_name)") }} as name_words,
        {{ normalised_word('address_line_1') }} as street_words,
        postal_code,
        status,
        campaign_source,
        campaign_account,
        campaign_id,
        lead_source,
        coalesce(
            mail_piece_id, promo_code, utm_source, utm_campaign, gclid, tracking_phone
        ) is not null as has_mark,
        created_at
    from {{ ref('int_canonical__leads_unioned') }}
    where not is_deleted

),

bookings as (

    select
        bookings.source,
        bookings.account,
        bookings.booking_id,
        bookings.customer_source,
        bookings.customer_account,
        bookings.customer_id,
        bookings.job_source,
        bookings.job_account,
        bookings.job_id,
        bookings.job_number,
        contacts.name_words,
        contacts.street_words,
        bookings.postal_code,
        bookings.campaign_source,
        bookings.campaign_account,
        bookings.campaign_id,
        bookings.lead_source,
        coalesce(
            bookings.mail_piece_id,
            bookings.promo_code,
            bookings.utm_source,
            bookings.utm_campaign,
            bookings.gclid,
            bookings.tracking_phone
        ) is not null as has_mark,
        bookings.requested_at
    from {{ ref('int_canonical__bookings_unioned') }} as bookings
    left join {{ ref('int_quality__booking_contacts_read') }} as contacts
        on bookings.source = contacts.source
        and bookings.account = contacts.account
        and bookings.booking_id = contacts.booking_id
    where
        not bookings.is_deleted
        and (bookings.job_id is not null or bookings.job_number is not null)

),

enquiries as (

    select
        source,
        account,
        'touches' as entity,
        touch_id as entity_id,
        kind,
        customer_source,
        customer_account,
        customer_id,
        job_source,
        job_account,
        job_id,
        job_number,
        phone,
        email,
        cast(null as varchar) as name_words,
        cast(null as varchar) as street_words,
        cast(null as varchar) as postal_code,
        true as is_settled,
        campaign_source,
        campaign_account,
        campaign_id,
        lead_source,
        has_mark,
        occurred_at as asked_at
    from touches
    union all
    select
        source,
        account,
        'leads',
        lead_id,
        'form',
        customer_source,
        customer_account,
        customer_id,
        job_source,
        job_account,
        job_id,
        job_number,
        phone,
        email,
        name_words,
        street_words,
        postal_code,
        coalesce(status != 'open', false),
        campaign_source,
        campaign_account,
        campaign_id,
        lead_source,
        has_mark,
        created_at
    from leads
    union all
    select
        source,
        account,
        'bookings',
        booking_id,
        'booking',
        customer_source,
        customer_account,
        customer_id,
        job_source,
        job_account,
        job_id,
        job_number,
        cast(null as varchar),
        cast(null as varchar),
        name_words,
        street_words,
        postal_code,
        true,
        campaign_source,
        campaign_account,
        campaign_id,
        lead_source,
        has_mark,
        requested_at
    from bookings

),

jobs as (

    select
        source,
        account,
        job_id,
        job_number,
        job_key,
        customer_key,
        is_number_unique
    from {{ ref('int_operations__jobs_referenced') }}

),

customers as (

    select
        source,
        account,
        customer_id,
        customer_key
    from {{ ref('int_identity__records_keyed') }}
    where entity = 'customer'

),

campaigns as (

    select
        source,
        account,
        campaign_id,
        channel
    from {{ ref('int_quality__campaigns_named') }}

),

final as (

    select
        enquiries.source,
        enquiries.account,
        enquiries.entity,
        enquiries.entity_id,
        enquiries.kind,
        coalesce(jobs_by_id.job_key, jobs_by_number.job_key) as job_key,
        coalesce(jobs_by_id.job_number, enquiries.job_number) as job_number,
        coalesce(
            customers.customer_key, jobs_by_id.customer_key, jobs_by_number.customer_key
        ) as customer_key,
        enquiries.phone,
        enquiries.email,
        {{ sorted_words('enquiries.name_words') }} as name_words,
        {{ street_mark('enquiries.street_words', 'enquiries.postal_code') }} as street_mark,
        enquiries.postal_code,
        campaigns.channel as campaign_channel,
        systems.source is not null as is_in_crm,
        enquiries.is_settled,
        -- A campaign nobody knows, or one for what nobody knows, is no source, whatever form the enquiry came in by.
        campaigns.campaign_id is not null
        or enquiries.has_mark
        or (enquiries.campaign_id is null and enquiries.lead_source is not null) as has_source,
        -- A channel nobody paid for ("other") is a source, but none that could be lost.
        coalesce(campaigns.channel, 'other') != 'other' as has_marketing_campaign,
        enquiries.asked_at
    from enquiries
    left join jobs as jobs_by_id
        on enquiries.job_source = jobs_by_id.source
        and enquiries.job_account = jobs_by_id.account
        and enquiries.job_id = jobs_by_id.job_id
    left join jobs as jobs_by_number
        -- The test within the key: beside it, every row would be compared with every other.
        on enquiries.job_source = jobs_by_number.source
        and enquiries.job_account = jobs_by_number.account
        and case when enquiries.job_id is null then enquiries.job_number end = jobs_by_number.job_number
        and jobs_by_number.is_number_unique
    left join customers
        on enquiries.customer_source = customers.source
        and enquiries.customer_account = customers.account
        and enquiries.customer_id = customers.customer_id
    left join campaigns
        on enquiries.campaign_source = campaigns.source
        and enquiries.campaign_account = campaigns.account
        and enquiries.campaign_id = campaigns.campaign_id
    left join systems
        on enquiries.source = systems.source
    where enquiries.asked_at <= {{ as_of() }}

)

select * from final
