with touches as (

    select
        touch_key,
        merged_touch_key,
        source,
        account,
        touch_id,
        kind,
        customer_key,
        household_key,
        job_key,
        utm_source,
        utm_medium,
        utm_campaign,
        gclid,
        tracking_phone,
        channel,
        match_probability,
        call_seconds,
        is_kept,
        occurred_at,
        first_known_at
    from {{ ref('int_matching__touches_merged') }}

),

marks as (

    select
        record_key,
        mail_piece_key,
        campaign_key,
        method
    from {{ ref('int_matching__marks_resolved') }}
    where record_kind = 'touch'

),

campaigns as (

    select
        campaign_key,
        channel
    from {{ ref('int_campaigns__described') }}

),

mail_pieces as (

    select
        mail_piece_key,
        campaign_key,
        customer_key,
        household_key
    from {{ ref('int_mail__pieces_keyed') }}

),

pieces_tracked as (

    select
        mail_piece_key,
        in_home_on,
        posted_on
    from {{ ref('int_mail__pieces_tracked') }}

),

touch_marks as (

    select
        touches.merged_touch_key as touch_key,
        marks.mail_piece_key,
        marks.campaign_key,
        min(marks.method) as method
    from marks
    inner join touches
        on marks.record_key = touches.touch_key
    group by
        touches.merged_touch_key,
        marks.mail_piece_key,
        marks.campaign_key

),

kept as (

    select
        touch_key,
        customer_key,
        household_key,
        {{ local_date('occurred_at') }} as occurred_on
    from touches
    where is_kept

),

person_ties as (

    select
        touch_marks.touch_key,
        mail_pieces.mail_piece_key,
        touch_marks.campaign_key,
        touch_marks.method,
        2 as tie_rank,
        pieces_tracked.in_home_on
    from touch_marks
    inner join kept
        on touch_marks.touch_key = kept.touch_key
    inner join mail_pieces
        on touch_marks.campaign_key = mail_pieces.campaign_key
        and kept.customer_key = mail_pieces.customer_key
    inner join pieces_tracked
        on mail_pieces.mail_piece_key = pieces_tracked.mail_piece_key
    where
        touch_marks.mail_piece_key is null
        and pieces_tracked.posted_on <= kept.occurred_on

),

household_ties as (

    select
        touch_marks.touch_key,
        mail_pieces.mail_piece_key,
        touch_marks.campaign_key,
        touch_marks.method,
        3 as tie_rank,
        pieces_tracked.in_home_on
    from touch_marks
    inner join kept
        on touch_marks.touch_key = kept.touch_key
    inner join mail_pieces
        on touch_marks.campaign_key = mail_pieces.campaign_key
        and kept.household_key = mail_pieces.household_key
    inner join pieces_tracked
        on mail_pieces.mail_piece_key = pieces_tracked.mail_piece_key
    where
        touch_marks.mail_piece_key is null
        and pieces_tracked.posted_on <= kept.occurred_on

),

ties as (

    select
        touch_key,
        mail_piece_key,
        campaign_key,
        method,
        case when mail_piece_key is not null then 1 else 4 end as tie_rank,
        cast(null as date) as in_home_on
    from touch_marks
    union all
    select
        touch_key,
        mail_piece_key,
        campaign_key,
        method,
        tie_rank,
        in_home_on
    from person_ties
    union all
    select
        touch_key,
        mail_piece_key,
        campaign_key,
        method,
        tie_rank,
        in_home_on
    from household_ties

),

-- One touch answers one piece: its own code first, then the person's latest card, then the household's.
ties_ranked as (

    select
        touch_key,
        mail_piece_key,
        campaign_key,
        method,
        tie_rank,
        row_number() over (
            partition by touch_key
            order by tie_rank, in_home_on desc nulls last, mail_piece_key, campaign_key
        ) as position
    from ties

),

touches_tied as (

    select
        touches.touch_key,
        touches.merged_touch_key,
        touches.source,
        touches.account,
        touches.touch_id,
        touches.kind,
        coalesce(
            campaigns.channel,
            touches.channel,
            {{ channel_of_marks('touches.gclid', 'touches.utm_medium', 'touches.utm_source') }},
            case
                when touches.kind in ('email_sent', 'email_open', 'email_click') then 'email'
                when touches.kind = 'qr_scan' then 'direct_mail'
                when touches.kind = 'ad_click' then 'paid_search'
                when touches.kind = 'call' then 'call'
                else 'other'
            end
        ) as channel,
        touches.customer_key,
        touches.household_key,
        touches.job_key,
        ties_ranked.mail_piece_key,
        ties_ranked.campaign_key,
        ties_ranked.method as tie_method,
        touches.utm_source,
        touches.utm_medium,
        touches.utm_campaign,
        touches.gclid,
        touches.tracking_phone,
        ties_ranked.tie_rank,
        touches.match_probability,
        touches.call_seconds,
        touches.is_kept,
        -- A call or a form is how people answer; it is a touch of its own only when something sent them.
        touches.is_kept
        and ties_ranked.mail_piece_key is null
        and (
            coalesce(campaigns.channel, 'other') not in ('call', 'other')
            or coalesce(touches.channel, '') not in ('', 'call', 'other', 'direct_mail')
            or {{ channel_of_marks('touches.gclid', 'touches.utm_medium', 'touches.utm_source') }} is not null
            or touches.kind in ('ad_click', 'email_sent', 'email_open', 'email_click')
        ) as is_independent,
        touches.occurred_at,
        touches.first_known_at
    from touches
    left join ties_ranked
        on touches.merged_touch_key = ties_ranked.touch_key
        and ties_ranked.position = 1
    left join campaigns
        on ties_ranked.campaign_key = campaigns.campaign_key

)

select * from touches_tied
