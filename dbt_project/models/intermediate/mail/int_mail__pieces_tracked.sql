with mail_pieces as (

    select
        mail_piece_key,
        campaign_key,
        wave,
        status,
        mail_class,
        is_deleted,
        expected_in_home_on,
        mailed_on,
        created_at
    from {{ ref('int_mail__pieces_keyed') }}

),

mail_events as (

    select
        mail_piece_key,
        event_type,
        return_reason,
        is_facility_scan,
        occurred_at
    from {{ ref('int_mail__events_keyed') }}
    where mail_piece_key is not null

),

days as (

    select
        date_on,
        postal_day_number,
        is_postal_day
    from {{ ref('int_calendar__days_built') }}

),

postal_days as (

    select
        date_on,
        postal_day_number
    from days
    where is_postal_day

),

run_context as (

    select
        as_of,
        mail_first_class_days,
        mail_marketing_days,
        mail_first_class_early_days,
        mail_marketing_early_days
    from {{ ref('stg_matchback__run_context') }}

),

events_summed as (

    select
        mail_piece_key,
        min(occurred_at) filter (where event_type = 'queued') as queued_at,
        min(occurred_at) filter (where event_type = 'sent') as sent_at,
        max(occurred_at) filter (where event_type = 'in_local_area' or is_facility_scan) as in_local_area_at,
        min(occurred_at) filter (where event_type = 'delivered') as delivered_at,
        -- The vendor's last word may be about a facility; the mailbox comes a postal day later.
        min(occurred_at) filter (where event_type = 'delivered' and not is_facility_scan) as in_mailbox_at,
        min(occurred_at) filter (where event_type = 'returned') as returned_at,
        min(occurred_at) filter (where event_type = 'cancelled') as cancelled_at,
        min(occurred_at) filter (where event_type = 'failed') as failed_at,
        min(occurred_at) filter (where event_type = 'responded') as responded_at,
        arg_min(return_reason, occurred_at) filter (where event_type = 'returned') as return_reason
    from mail_events
    group by mail_piece_key

),

pieces_joined as (

    select
        mail_pieces.mail_piece_key,
        mail_pieces.campaign_key,
        mail_pieces.wave,
        lower(mail_pieces.status) as status,
        mail_pieces.mail_class,
        events_summed.return_reason,
        mail_pieces.is_deleted,
        mail_pieces.expected_in_home_on,
        coalesce(
            mail_pieces.mailed_on,
            {{ local_date('events_summed.sent_at') }}
        ) as mailed_on,
        {{ local_date('events_summed.in_mailbox_at') }} as in_mailbox_on,
        {{ local_date('events_summed.in_local_area_at') }} as in_local_area_on,
        {{ local_date('coalesce(events_summed.queued_at, mail_pieces.created_at)') }} as queued_on,
        coalesce(events_summed.queued_at, mail_pieces.created_at) as queued_at,
        coalesce(
            events_summed.sent_at,
            {{ local_midnight('mail_pieces.mailed_on') }}
        ) as sent_at,
        events_summed.in_local_area_at,
        events_summed.delivered_at,
        events_summed.returned_at,
        events_summed.cancelled_at,
        events_summed.failed_at,
        events_summed.responded_at
    from mail_pieces
    left join events_summed
        on mail_pieces.mail_piece_key = events_summed.mail_piece_key

),

-- What stopped a piece outranks how far it came; a scan outranks the vendor's last word.
pieces_judged as (

    select
        mail_piece_key,
        campaign_key,
        wave,
        case
            when cancelled_at is not null or status in ('cancelled', 'canceled') or is_deleted then 'Cancelled'
            when failed_at is not null or status = 'failed' then 'Failed'
            when returned_at is not null or status = 'returned' then 'Returned'
            when delivered_at is not null or status = 'delivered' then 'Delivered'
            when sent_at is not null or in_local_area_at is not null or status in ('sent', 'in_local_area')
                then 'Sent'
            else 'Queued'
        end as status,
        mail_class,
        return_reason,
        expected_in_home_on,
        coalesce(mailed_on, queued_on) as posted_on,
        in_mailbox_on,
        in_local_area_on,
        queued_at,
        sent_at,
        in_local_area_at,
        delivered_at,
        returned_at,
        cancelled_at,
        failed_at,
        responded_at
    from pieces_joined

),

postings as (

    select
        posted_on,
        mail_class
    from pieces_judged
    where posted_on is not null
    group by
        posted_on,
        mail_class

),

transit_estimates as (

    select
        postings.posted_on,
        postings.mail_class,
        point_days.date_on as point_on,
        early_days.date_on as early_on
    from postings
    cross join run_context
    inner join days
        on postings.posted_on = days.date_on
    left join postal_days as point_days
        on days.postal_day_number + case postings.mail_class
            when 'first_class' then run_context.mail_first_class_days
            else run_context.mail_marketing_days
        end = point_days.postal_day_number
    left join postal_days as early_days
        on days.postal_day_number + case postings.mail_class
            when 'first_class' then run_context.mail_first_class_early_days
            else run_context.mail_marketing_early_days
        end = early_days.postal_day_number

),

facility_scans as (

    select
        days.date_on,
        postal_days.date_on as next_postal_on
    from days
    inner join postal_days
        on days.postal_day_number + 1 = postal_days.postal_day_number

),

pieces_dated as (

    select
        pieces_judged.mail_piece_key,
        pieces_judged.campaign_key,
        pieces_judged.wave,
        pieces_judged.status,
        pieces_judged.return_reason,
        case
            when pieces_judged.in_mailbox_on is not null then 'delivery scan'
            when facility_scans.next_postal_on is not null then 'facility scan'
            when transit_estimates.point_on is not null then 'transit time'
            when pieces_judged.expected_in_home_on is not null then 'vendor estimate'
        end as in_home_method,
        pieces_judged.in_mailbox_on is null as is_in_home_estimated,
        pieces_judged.status in ('Sent', 'Delivered', 'Returned')
        or (pieces_judged.status in ('Cancelled', 'Failed') and pieces_judged.sent_at is not null
            and pieces_judged.sent_at < coalesce(pieces_judged.cancelled_at, pieces_judged.failed_at, pieces_judged.sent_at))
            as is_mailed,
        pieces_judged.posted_on,
        coalesce(
            pieces_judged.in_mailbox_on,
            facility_scans.next_postal_on,
            transit_estimates.point_on,
            pieces_judged.expected_in_home_on
        ) as in_home_on,
        case
            when pieces_judged.in_mailbox_on is not null then pieces_judged.in_mailbox_on
            when facility_scans.next_postal_on is not null
                then greatest(
                    pieces_judged.in_local_area_on,
                    least(
                        facility_scans.next_postal_on,
                        coalesce(transit_estimates.early_on, facility_scans.next_postal_on)
                    )
                )
            else coalesce(transit_estimates.early_on, pieces_judged.expected_in_home_on)
        end as window_starts_on,
        pieces_judged.queued_at,
        pieces_judged.sent_at,
        pieces_judged.in_local_area_at,
        pieces_judged.delivered_at,
        pieces_judged.returned_at,
        pieces_judged.cancelled_at,
        pieces_judged.failed_at,
        pieces_judged.responded_at
    from pieces_judged
    left join transit_estimates
        on pieces_judged.posted_on = transit_estimates.posted_on
        and pieces_judged.mail_class = transit_estimates.mail_class
    left join facility_scans
        on pieces_judged.in_local_area_on = facility_scans.date_on

)

select * from pieces_dated
