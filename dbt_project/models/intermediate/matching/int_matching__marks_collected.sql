with jobs as (

    select
        'job' as record_kind,
        {{ surrogate_key(['source', 'account', 'job_id']) }} as record_key,
        source,
        account,
        campaign_source,
        campaign_account,
        campaign_id,
        mail_piece_source,
        mail_piece_account,
        mail_piece_id,
        promo_code,
        utm_campaign,
        tracking_phone,
        lead_source,
        code_texts,
        created_at as marked_at
    from {{ ref('int_canonical__jobs_unioned') }}
    where
        not coalesce(is_deleted, false)
        and (
            campaign_id is not null
            or mail_piece_id is not null
            or promo_code is not null
            or utm_campaign is not null
            or tracking_phone is not null
            or lead_source is not null or len(code_texts) > 0
        )

),

touches as (

    select
        'touch' as record_kind,
        {{ surrogate_key(['source', 'account', 'touch_id']) }} as record_key,
        source,
        account,
        campaign_source,
        campaign_account,
        campaign_id,
        mail_piece_source,
        mail_piece_account,
        mail_piece_id,
        promo_code,
        utm_campaign,
        tracking_phone,
        lead_source,
        cast(null as varchar[]) as code_texts,
        occurred_at as marked_at
    from {{ ref('int_canonical__touches_unioned') }}
    where
        not coalesce(is_deleted, false)
        and (
            campaign_id is not null
            or mail_piece_id is not null
            or promo_code is not null
            or utm_campaign is not null
            or tracking_phone is not null
            or lead_source is not null
        )

),

leads as (

    select
        'lead' as record_kind,
        {{ surrogate_key(['source', 'account', 'lead_id']) }} as record_key,
        source,
        account,
        campaign_source,
        campaign_account,
        campaign_id,
        mail_piece_source,
        mail_piece_account,
        mail_piece_id,
        promo_code,
        utm_campaign,
        tracking_phone,
        lead_source,
        cast(null as varchar[]) as code_texts,
        created_at as marked_at
    from {{ ref('int_canonical__leads_unioned') }}
    where
        not coalesce(is_deleted, false)
        and (
            campaign_id is not null
            or mail_piece_id is not null
            or promo_code is not null
            or utm_campaign is not null
            or tracking_phone is not null
            or lead_source is not null
        )

),

bookings as (

    select
        'booking' as record_kind,
        {{ surrogate_key(['source', 'account', 'booking_id']) }} as record_key,
        source,
        account,
        campaign_source,
        campaign_account,
        campaign_id,
        mail_piece_source,
        mail_piece_account,
        mail_piece_id,
        promo_code,
        utm_campaign,
        tracking_phone,
        lead_source,
        cast(null as varchar[]) as code_texts,
        requested_at as marked_at
    from {{ ref('int_canonical__bookings_unioned') }}
    where
        not coalesce(is_deleted, false)
        and (
            campaign_id is not null
            or mail_piece_id is not null
            or promo_code is not null
            or utm_campaign is not null
            or tracking_phone is not null
            or lead_source is not null
        )

),

records_unioned as (

    select
        record_kind,
        record_key,
        source,
        account,
        campaign_source,
        campaign_account,
        campaign_id,
        mail_piece_source,
        mail_piece_account,
        mail_piece_id,
        promo_code,
        utm_campaign,
        tracking_phone,
        lead_source,
        code_texts,
        marked_at
    from jobs
    union all
    select
        record_kind,
        record_key,
        source,
        account,
        campaign_source,
        campaign_account,
        campaign_id,
        mail_piece_source,
        mail_piece_account,
        mail_piece_id,
        promo_code,
        utm_campaign,
        tracking_phone,
        lead_source,
        code_texts,
        marked_at
    from touches
    union all
    select
        record_kind,
        record_key,
        source,
        account,
        campaign_source,
        campaign_account,
        campaign_id,
        mail_piece_source,
        mail_piece_account,
        mail_piece_id,
        promo_code,
        utm_campaign,
        tracking_phone,
        lead_source,
        code_texts,
        marked_at
    from leads
    union all
    select
        record_kind,
        record_key,
        source,
        account,
        campaign_source,
        campaign_account,
        campaign_id,
        mail_piece_source,
        mail_piece_account,
        mail_piece_id,
        promo_code,
        utm_campaign,
        tracking_phone,
        lead_source,
        code_texts,
        marked_at
    from bookings

),

records as (

    select
        record_kind,
        record_key,
        source,
        account,
        campaign_source,
        campaign_account,
        campaign_id,
        mail_piece_source,
        mail_piece_account,
        mail_piece_id,
        promo_code,
        utm_campaign,
        tracking_phone,
        lead_source,
        code_texts,
        {{ local_date('marked_at') }} as marked_on
    from records_unioned

),

texts as (

    select
        record_kind,
        record_key,
        {{ each_element('code_texts') }} as text,
        marked_on
    from records
    where len(code_texts) > 0

),

text_words as (

    select
        record_kind,
        record_key,
        {{ words_of('text') }} as words,
        marked_on
    from texts
    where text is not null

),

words_numbered as (

    select
        record_kind,
        record_key,
        words,
        {{ each_element('range(1, len(words) + 1)') }} as position,
        marked_on
    from text_words

),

-- A code read over the phone is often typed in two words: neighbours are tried together as well.
words as (

    select
        record_kind,
        record_key,
        words[position] as word,
        words[position + 1] as next_word,
        marked_on
    from words_numbered

),

overrides as (

    select
        source,
        account,
        {{ normalised_word('vendor_word') }} as word,
        campaign_id
    from {{ ref('stg_matchback__setting_lead_source_overrides') }}
    where campaign_id is not null

),

marks as (

    select
        record_kind,
        record_key,
        'piece' as mark_kind,
        {{ surrogate_key(['mail_piece_source', 'mail_piece_account', 'mail_piece_id']) }} as mark,
        marked_on
    from records
    where mail_piece_id is not null
    union
    select
        record_kind,
        record_key,
        'code' as mark_kind,
        {{ normalised_code('mail_piece_id') }} as mark,
        marked_on
    from records
    where mail_piece_id is not null
    union
    select
        record_kind,
        record_key,
        'code' as mark_kind,
        {{ normalised_code('promo_code') }} as mark,
        marked_on
    from records
    where promo_code is not null
    union
    select
        record_kind,
        record_key,
        'code' as mark_kind,
        {{ normalised_code('utm_campaign') }} as mark,
        marked_on
    from records
    where utm_campaign is not null
    union
    select
        record_kind,
        record_key,
        'code' as mark_kind,
        {{ normalised_code('lead_source') }} as mark,
        marked_on
    from records
    where lead_source is not null
    union
    select
        record_kind,
        record_key,
        'campaign' as mark_kind,
        {{ surrogate_key(['campaign_source', 'campaign_account', 'campaign_id']) }} as mark,
        marked_on
    from records
    where campaign_id is not null
    union
    select
        record_kind,
        record_key,
        'phone' as mark_kind,
        {{ phone_digits('tracking_phone') }} as mark,
        marked_on
    from records
    where tracking_phone is not null
    union
    select
        record_kind,
        record_key,
        'code' as mark_kind,
        {{ normalised_code('text') }} as mark,
        marked_on
    from texts
    where text is not null
    union
    select
        record_kind,
        record_key,
        'word' as mark_kind,
        {{ normalised_code('word') }} as mark,
        marked_on
    from words
    where length(word) >= 5
    union
    select
        record_kind,
        record_key,
        'word' as mark_kind,
        {{ normalised_code('word || next_word') }} as mark,
        marked_on
    from words
    where length(word || next_word) >= 5
    union
    select
        records.record_kind,
        records.record_key,
        'code' as mark_kind,
        {{ normalised_code('overrides.campaign_id') }} as mark,
        records.marked_on
    from records
    inner join overrides
        on {{ normalised_word('records.lead_source') }} = overrides.word
        and records.source = coalesce(overrides.source, records.source)
        and records.account = coalesce(nullif(overrides.account, ''), records.account)

),

marks_known as (

    select
        record_kind,
        record_key,
        mark_kind,
        mark,
        marked_on
    from marks
    where mark is not null

)

select * from marks_known
