with keyed as (

    select
        mail_piece_key,
        campaign_key,
        wave
    from {{ ref('int_mail__pieces_keyed') }}
    where campaign_key is not null

),

tracked as (

    select
        mail_piece_key,
        is_mailed,
        in_home_on,
        window_starts_on
    from {{ ref('int_mail__pieces_tracked') }}

),

pieces_ranked as (

    select
        keyed.campaign_key,
        keyed.wave,
        tracked.in_home_on,
        tracked.window_starts_on,
        row_number() over (
            partition by keyed.campaign_key, keyed.wave
            order by tracked.in_home_on, keyed.mail_piece_key
        ) as position,
        count(*) over (partition by keyed.campaign_key, keyed.wave) as piece_count
    from keyed
    inner join tracked
        on keyed.mail_piece_key = tracked.mail_piece_key
    where
        tracked.is_mailed
        and tracked.in_home_on is not null

),

-- The lower median is a day on which a card really came home.
waves_summed as (

    select
        campaign_key,
        wave,
        cast(max(piece_count) as bigint) as mailed_count,
        min(in_home_on) filter (where position = (piece_count + 1) // 2) as median_in_home_on,
        min(window_starts_on) as first_window_starts_on,
        max(in_home_on) as last_in_home_on
    from pieces_ranked
    group by
        campaign_key,
        wave

)

select * from waves_summed
