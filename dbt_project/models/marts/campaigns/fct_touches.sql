with touches as (

    select
        touch_key,
        source,
        account,
        touch_id,
        kind,
        channel,
        customer_key,
        household_key,
        job_key,
        mail_piece_key,
        campaign_key,
        tie_method,
        utm_source,
        utm_medium,
        utm_campaign,
        gclid,
        {{ phone_digits('tracking_phone') }} as tracking_phone,
        call_seconds,
        is_independent,
        occurred_at
    from {{ ref('int_matching__touches_tied') }}
    where is_kept

),

locations as (

    select
        source,
        account,
        location_key
    from {{ ref('int_operations__divisions_located') }}
    where division is null

),

jobs as (

    select
        job_key,
        location_key
    from {{ ref('int_jobs__keyed') }}

),

-- A tracking number is the operator's own; any other number in that column is somebody's phone.
known_phones as (

    select phone
    from {{ ref('int_campaigns__phones_listed') }}
    group by phone

),

touches_located as (

    select
        touches.touch_key,
        touches.source,
        touches.account,
        coalesce(jobs.location_key, locations.location_key, 'main') as location_key,
        touches.touch_id,
        touches.kind,
        touches.channel,
        touches.customer_key,
        touches.household_key,
        touches.campaign_key,
        touches.mail_piece_key,
        touches.job_key,
        touches.tie_method,
        {{ masked_text('touches.utm_source') }} as utm_source,
        {{ masked_text('touches.utm_medium') }} as utm_medium,
        {{ masked_text('touches.utm_campaign') }} as utm_campaign,
        touches.gclid,
        known_phones.phone as tracking_phone,
        cast(touches.call_seconds as bigint) as call_seconds,
        touches.is_independent,
        touches.occurred_at,
        {{ local_date('touches.occurred_at') }} as occurred_on
    from touches
    left join jobs
        on touches.job_key = jobs.job_key
    left join locations
        on touches.source = locations.source
        and touches.account = locations.account
    left join known_phones
        on touches.tracking_phone = known_phones.phone

)

select * from touches_located
