with mail_pieces as (

    select
        mail_piece_key,
        campaign_key,
        wave,
        customer_key,
        household_key,
        address_key,
        match_probability
    from {{ ref('int_mail__pieces_keyed') }}

),

pieces_tracked as (

    select
        mail_piece_key,
        status,
        posted_on,
        in_home_on,
        window_starts_on,
        returned_at,
        cancelled_at,
        failed_at
    from {{ ref('int_mail__pieces_tracked') }}

),

responses as (

    select
        mail_piece_key,
        first_signalled_at,
        first_responded_at
    from {{ ref('int_mail__responses_found') }}

),

windows as (

    select
        campaign_key,
        max(window_days) as longest_window_days
    from {{ ref('int_campaigns__windows_listed') }}
    group by campaign_key

),

pieces_windowed as (

    select
        mail_pieces.mail_piece_key,
        mail_pieces.campaign_key,
        mail_pieces.wave,
        mail_pieces.customer_key,
        mail_pieces.household_key,
        mail_pieces.address_key,
        pieces_tracked.status,
        mail_pieces.match_probability,
        pieces_tracked.posted_on,
        pieces_tracked.in_home_on,
        pieces_tracked.window_starts_on,
        -- The window opens in home, or with the first scan or call if that was earlier.
        least(
            pieces_tracked.window_starts_on,
            coalesce({{ local_date('responses.first_signalled_at') }}, pieces_tracked.window_starts_on)
        ) as opens_on,
        {{ day_add('pieces_tracked.in_home_on', 'coalesce(windows.longest_window_days, 0)') }} as closes_on,
        coalesce(
            pieces_tracked.cancelled_at,
            pieces_tracked.failed_at,
            pieces_tracked.returned_at,
            case
                when pieces_tracked.status in ('Cancelled', 'Failed', 'Returned')
                    then timestamp with time zone '1970-01-01 00:00:00+00'
            end
        ) as stopped_at,
        responses.first_signalled_at,
        responses.first_responded_at,
        least(
            {{ local_midnight('pieces_tracked.in_home_on') }},
            coalesce(
                responses.first_signalled_at,
                {{ local_midnight('pieces_tracked.in_home_on') }}
            )
        ) as position_at
    from mail_pieces
    inner join pieces_tracked
        on mail_pieces.mail_piece_key = pieces_tracked.mail_piece_key
    left join responses
        on mail_pieces.mail_piece_key = responses.mail_piece_key
    left join windows
        on mail_pieces.campaign_key = windows.campaign_key

)

select * from pieces_windowed
