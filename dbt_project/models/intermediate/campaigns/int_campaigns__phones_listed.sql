with campaigns as (

    select
        campaign_key,
        tracking_phone,
        response_window_days,
        started_on,
        ended_on
    from {{ ref('int_campaigns__described') }}

),

mail_pieces as (

    select
        mail_piece_key,
        campaign_key,
        tracking_phone
    from {{ ref('int_mail__pieces_keyed') }}
    where campaign_key is not null

),

pieces_tracked as (

    select
        mail_piece_key,
        posted_on,
        in_home_on
    from {{ ref('int_mail__pieces_tracked') }}

),

mailings as (

    select
        mail_pieces.campaign_key,
        min(pieces_tracked.posted_on) as first_posted_on,
        max(pieces_tracked.in_home_on) as last_in_home_on
    from mail_pieces
    inner join pieces_tracked
        on mail_pieces.mail_piece_key = pieces_tracked.mail_piece_key
    group by mail_pieces.campaign_key

),

phones as (

    select
        campaign_key,
        {{ phone_digits('tracking_phone') }} as phone
    from campaigns
    where tracking_phone is not null
    union
    select
        campaign_key,
        {{ phone_digits('tracking_phone') }} as phone
    from mail_pieces
    where tracking_phone is not null

),

-- A tracking number is bought, used and given to somebody else: it speaks for its campaign only from the
-- campaign's start to its end and 30 days. Without an end, the last card's window closes it.
phones_dated as (

    select
        phones.campaign_key,
        phones.phone,
        coalesce(campaigns.started_on, mailings.first_posted_on, date '1900-01-01') as starts_on,
        {{ day_add(
            "coalesce(campaigns.ended_on, mailings.last_in_home_on + campaigns.response_window_days, date '2999-01-01')",
            30
        ) }} as ends_on
    from phones
    inner join campaigns
        on phones.campaign_key = campaigns.campaign_key
    left join mailings
        on phones.campaign_key = mailings.campaign_key
    where phones.phone is not null

)

select * from phones_dated
