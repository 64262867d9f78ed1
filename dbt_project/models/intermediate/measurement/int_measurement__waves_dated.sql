with mail_pieces as (

    select
        campaign_key,
        wave,
        in_home_on,
        is_mailed
    from {{ ref('int_mail__pieces_tracked') }}
    where campaign_key is not null

),

members as (

    select
        campaign_key,
        wave,
        assigned_at
    from {{ ref('int_measurement__members_keyed') }}

),

waves_mailed as (

    select
        campaign_key,
        wave,
        count(*) filter (where is_mailed) as mailed_piece_count,
        quantile_disc(in_home_on, 0.5) filter (where is_mailed) as in_home_on
    from mail_pieces
    group by
        campaign_key,
        wave

),

waves_assigned as (

    select
        campaign_key,
        wave,
        quantile_disc({{ local_date('assigned_at') }}, 0.5) as assigned_on
    from members
    group by
        campaign_key,
        wave

),

-- One start for both arms: the lower median of the in-home dates. A wave that came without any piece (an
-- experiment's file of members and jobs) starts when it was assigned.
waves_dated as (

    select
        coalesce(waves_mailed.campaign_key, waves_assigned.campaign_key) as campaign_key,
        coalesce(waves_mailed.wave, waves_assigned.wave) as wave,
        coalesce(waves_mailed.mailed_piece_count, 0) as mailed_piece_count,
        waves_mailed.campaign_key is not null as has_pieces,
        case
            when waves_mailed.campaign_key is null then waves_assigned.assigned_on
            else waves_mailed.in_home_on
        end as window_starts_on
    from waves_mailed
    full join waves_assigned
        on waves_mailed.campaign_key = waves_assigned.campaign_key
        and waves_mailed.wave = waves_assigned.wave

)

select * from waves_dated
where window_starts_on is not null
