with

pieces as (

    select
        mail_piece_key,
        source,
        account,
        mail_piece_id,
        campaign_key,
        trigger_job_key,
        customer_key,
        household_key,
        status,
        sent_at,
        delivered_at,
        returned_at
    from {{ ref('fct_mail_pieces') }}

),

addressed_pieces as (

    select
        {{ surrogate_key(['source', 'account', 'mail_piece_id']) }} as mail_piece_key,
        mail_order_id,
        campaign_source,
        campaign_account,
        campaign_id,
        coalesce(wave, '1') as wave,
        postal_code,
        coalesce(phone, phone_2, email) is not null as has_contact,
        mailed_on,
        created_at
    from {{ ref('int_canonical__mail_pieces_unioned') }}
    where not is_deleted

),

scans as (

    select
        mail_piece_key,
        min(occurred_at) as first_scanned_at
    from {{ ref('fct_mail_events') }}
    where event_type in ('in_local_area', 'delivered', 'returned', 'sent')
    group by mail_piece_key

),

campaigns as (

    select campaign_key
    from {{ ref('dim_campaigns') }}

),

jobs as (

    select job_key
    from {{ ref('int_operations__jobs_referenced') }}

),

reachable_customers as (

    select
        identities.customer_key,
        bool_or(coalesce(customers.phone, customers.phone_2, customers.email) is not null)
            as has_contact
    from {{ ref('int_canonical__customers_unioned') }} as customers
    inner join {{ ref('int_identity__records_keyed') }} as identities
        on customers.source = identities.source
        and customers.account = identities.account
        and customers.customer_id = identities.customer_id
        and identities.entity = 'customer'
    group by identities.customer_key

),

served as (

    select
        postal_code,
        bool_or(coalesce(served, true)) as is_served
    from {{ ref('int_canonical__service_areas_unioned') }}
    where not is_deleted
    group by postal_code

),

areas_known as (

    select count(*) > 0 as is_known
    from served

),

suppressed_pieces as (

    select
        mail_piece_key,
        reason,
        added_on
    from {{ ref('int_quality__suppressed_pieces_found') }}

),

mail_orders as (

    select
        source,
        account,
        mail_order_id,
        campaign_source,
        campaign_account,
        campaign_id,
        coalesce(wave, '1') as wave,
        quantity_ordered,
        quantity_billed,
        promised_drop_on
    from {{ ref('int_canonical__mail_orders_unioned') }}
    where not is_deleted

),

pieces_described as (

    select
        pieces.mail_piece_key,
        pieces.source,
        pieces.account,
        pieces.mail_piece_id,
        pieces.campaign_key,
        pieces.customer_key,
        pieces.household_key,
        pieces.status,
        addressed_pieces.mail_order_id,
        addressed_pieces.campaign_source,
        addressed_pieces.campaign_account,
        addressed_pieces.campaign_id,
        addressed_pieces.wave,
        addressed_pieces.postal_code,
        addressed_pieces.has_contact or coalesce(reachable_customers.has_contact, false) as has_contact,
        reachable_customers.customer_key is not null as is_known_customer,
        campaigns.campaign_key is not null or jobs.job_key is not null as has_reference,
        scans.first_scanned_at,
        coalesce(pieces.status, '') not in ('Cancelled', 'Failed', 'Queued') as is_mailed,
        coalesce(
            addressed_pieces.mailed_on,
            {{ local_date('pieces.sent_at') }},
            {{ local_date('addressed_pieces.created_at') }}
        ) as mailed_on
    from pieces
    inner join addressed_pieces
        on pieces.mail_piece_key = addressed_pieces.mail_piece_key
    left join reachable_customers
        on pieces.customer_key = reachable_customers.customer_key
    left join campaigns
        on pieces.campaign_key = campaigns.campaign_key
    left join jobs
        on pieces.trigger_job_key = jobs.job_key
    left join scans
        on pieces.mail_piece_key = scans.mail_piece_key

),

mistyped_pieces as (

    select pieces_described.mail_piece_key
    from pieces_described
    inner join {{ ref('int_quality__served_households_listed') }} as household_codes
        on pieces_described.household_key = household_codes.household_key
        and damerau_levenshtein(pieces_described.postal_code, household_codes.postal_code) = 1
    group by pieces_described.mail_piece_key

),

-- A vendor that never scans has no missing scans.
scanning_vendors as (

    select
        source,
        account,
        2 * count(first_scanned_at) >= count(*) as is_scanning
    from pieces_described
    where
        is_mailed
        and mailed_on <= {{ day_add(local_date(as_of()), -21) }}
    group by
        source,
        account

),

waves as (

    select
        campaign_source,
        campaign_account,
        campaign_id,
        wave,
        count(*) filter (where is_mailed) as mailed_count
    from pieces_described
    group by
        campaign_source,
        campaign_account,
        campaign_id,
        wave

),

orders as (

    select
        mail_order_id,
        count(*) filter (where is_mailed) as mailed_count
    from pieces_described
    where mail_order_id is not null
    group by mail_order_id

),

orders_counted as (

    select
        mail_orders.source,
        mail_orders.account,
        mail_orders.mail_order_id,
        mail_orders.quantity_ordered,
        mail_orders.quantity_billed,
        mail_orders.promised_drop_on,
        coalesce(orders.mailed_count, waves.mailed_count) as mailed_count
    from mail_orders
    left join orders
        on mail_orders.mail_order_id = orders.mail_order_id
    left join waves
        on mail_orders.campaign_source = waves.campaign_source
        and mail_orders.campaign_account = waves.campaign_account
        and mail_orders.campaign_id = waves.campaign_id
        and mail_orders.wave = waves.wave

),

final as (

    select
        'mail_reference_missing' as rule,
        source,
        account,
        'mail_pieces' as entity,
        mail_piece_id as entity_id,
        'a known campaign or work order' as expected,
        'none' as observed,
        cast(null as varchar) as detail
    from pieces_described
    where not has_reference
    union all
    select
        'mail_contact_missing',
        source,
        account,
        'mail_pieces',
        mail_piece_id,
        'a phone or e-mail of the customer',
        'none',
        cast(null as varchar)
    from pieces_described
    where
        is_known_customer
        and not has_contact
    union all
    -- People on a bought list have no phone by nature: told once per wave, not once per piece.
    select
        'prospects_without_contact',
        source,
        account,
        'campaign_waves',
        coalesce(campaign_id, '') || '/' || coalesce(wave, ''),
        'a phone or e-mail',
        cast(count(*) as varchar) || ' pieces to people who are no customers yet',
        cast(null as varchar)
    from pieces_described
    where
        not is_known_customer
        and not has_contact
    group by
        source,
        account,
        coalesce(campaign_id, '') || '/' || coalesce(wave, '')
    union all
    select
        rules.rule,
        pieces_described.source,
        pieces_described.account,
        'mail_pieces',
        pieces_described.mail_piece_id,
        'a postal scan within 21 days',
        'none',
        'mailed ' || cast(pieces_described.mailed_on as varchar)
    from pieces_described
    inner join scanning_vendors
        on pieces_described.source = scanning_vendors.source
        and pieces_described.account = scanning_vendors.account
    cross join (
        values ('piece_without_scan'), ('piece_without_tracking')
    ) as rules (rule)
    where
        scanning_vendors.is_scanning
        and pieces_described.is_mailed
        and pieces_described.first_scanned_at is null
        and pieces_described.mailed_on <= {{ day_add(local_date(as_of()), -21) }}
    union all
    select
        'campaign_outside_area',
        pieces_described.source,
        pieces_described.account,
        'mail_pieces',
        pieces_described.mail_piece_id,
        'a served postal code',
        pieces_described.postal_code,
        cast(null as varchar)
    from pieces_described
    cross join areas_known
    left join served
        on pieces_described.postal_code = served.postal_code
    left join mistyped_pieces
        on pieces_described.mail_piece_key = mistyped_pieces.mail_piece_key
    where
        areas_known.is_known
        and mistyped_pieces.mail_piece_key is null
        and pieces_described.status != 'Cancelled'
        and not coalesce(served.is_served, false)
    union all
    select
        'mailed_suppressed',
        pieces_described.source,
        pieces_described.account,
        'mail_pieces',
        pieces_described.mail_piece_id,
        'no mail to this person',
        'mailed ' || cast(pieces_described.mailed_on as varchar),
        suppressed_pieces.reason
    from pieces_described
    inner join suppressed_pieces
        on pieces_described.mail_piece_key = suppressed_pieces.mail_piece_key
    where
        pieces_described.is_mailed
        and coalesce(suppressed_pieces.added_on, pieces_described.mailed_on) <= pieces_described.mailed_on
    union all
    select
        'pieces_billed_not_mailed',
        source,
        account,
        'mail_orders',
        mail_order_id,
        'at most ' || cast(coalesce(mailed_count, quantity_ordered) as varchar) || ' pieces billed',
        cast(quantity_billed as varchar),
        cast(null as varchar)
    from orders_counted
    where quantity_billed > coalesce(mailed_count, quantity_ordered)
    union all
    select
        'pieces_ordered_not_mailed',
        source,
        account,
        'mail_orders',
        mail_order_id,
        cast(quantity_ordered as varchar) || ' pieces mailed',
        cast(mailed_count as varchar),
        'promised for ' || cast(promised_drop_on as varchar)
    from orders_counted
    where
        mailed_count is not null
        -- Addresses that fail verification are a vendor's daily bread: two in a hundred are let pass.
        and 100 * mailed_count < 98 * quantity_ordered
        and promised_drop_on < {{ local_date(as_of()) }}

)

select * from final
