with mail_pieces as (

    select
        mail_piece_key,
        campaign_key,
        wave,
        household_key,
        cost_amount
    from {{ ref('fct_mail_pieces') }}
    where campaign_key is not null

),

mail_costs as (

    select
        campaign_key,
        wave,
        amount
    from {{ ref('fct_mail_costs') }}
    where campaign_key is not null

),

credits as (

    select
        campaign_key,
        mail_piece_key,
        window_label,
        job_key,
        credit_amount
    from {{ ref('bridge_attribution_credits') }}
    where
        model = 'match_back'
        and campaign_key is not null

),

jobs as (

    select
        job_key,
        net_revenue_amount,
        margin_amount,
        {{ local_date('first_contact_at') }} as first_contact_on
    from {{ ref('fct_jobs') }}

),

units as (

    select
        campaign_key,
        wave,
        window_label,
        unit_key,
        is_mailed,
        is_ruled_by_earlier_wave
    from {{ ref('int_measurement__units_built') }}

),

waves as (

    select
        campaign_key,
        wave,
        has_pieces,
        window_starts_on
    from {{ ref('int_measurement__waves_dated') }}

),

windows as (

    select
        campaign_key,
        window_label
    from {{ ref('int_campaigns__windows_listed') }}

),

piece_costs as (

    select
        campaign_key,
        wave,
        cast(sum(cast(cost_amount * 100 as bigint)) as bigint) as cost_cents
    from mail_pieces
    group by
        campaign_key,
        wave

),

waves_ranked as (

    select
        campaign_key,
        wave,
        count(*) over (partition by campaign_key) as wave_count,
        row_number() over (partition by campaign_key order by wave) as wave_rank
    from waves
    where not has_pieces

),

-- Only for campaigns that came without pieces: a cost without a wave is spread evenly over the waves.
pieceless_costs as (

    select
        waves_ranked.campaign_key,
        waves_ranked.wave,
        sum(
            case
                when mail_costs.wave = waves_ranked.wave then cast(mail_costs.amount * 100 as bigint)
                when mail_costs.wave is null and waves_ranked.wave_rank = 1
                    then cast(mail_costs.amount * 100 as bigint) // waves_ranked.wave_count
                    + cast(mail_costs.amount * 100 as bigint) % waves_ranked.wave_count
                when mail_costs.wave is null
                    then cast(mail_costs.amount * 100 as bigint) // waves_ranked.wave_count
            end
        ) as cost_cents
    from waves_ranked
    inner join mail_costs
        on waves_ranked.campaign_key = mail_costs.campaign_key
    group by
        waves_ranked.campaign_key,
        waves_ranked.wave

),

credits_by_piece as (

    select
        campaign_key,
        window_label,
        job_key,
        mail_piece_key,
        sum(cast(credit_amount * 100 as bigint)) as credit_cents
    from credits
    group by
        campaign_key,
        window_label,
        job_key,
        mail_piece_key

),

-- Credit for a campaign without a piece belongs to the latest wave already in homes at first contact.
credits_waved as (

    select
        credits_by_piece.campaign_key,
        coalesce(
            max(mail_pieces.wave),
            arg_max(waves.wave, (waves.window_starts_on, waves.wave))
        ) as wave,
        credits_by_piece.window_label,
        credits_by_piece.job_key,
        max(mail_pieces.household_key) as household_key,
        max(credits_by_piece.credit_cents) as credit_cents
    from credits_by_piece
    left join mail_pieces
        on credits_by_piece.mail_piece_key = mail_pieces.mail_piece_key
    left join jobs
        on credits_by_piece.job_key = jobs.job_key
    left join waves
        on credits_by_piece.campaign_key = waves.campaign_key
        and mail_pieces.wave is null
        and waves.window_starts_on <= jobs.first_contact_on
    group by
        credits_by_piece.campaign_key,
        credits_by_piece.window_label,
        credits_by_piece.job_key,
        credits_by_piece.mail_piece_key

),

-- A job's margin goes with its revenue; rounded to the cent job by job, so that sums are of integers.
credits_summed as (

    select
        credits_waved.campaign_key,
        credits_waved.wave,
        credits_waved.window_label,
        sum(credits_waved.credit_cents) as matched_revenue_cents,
        sum(
            case
                when jobs.net_revenue_amount <> 0
                    then cast(round(
                        cast(credits_waved.credit_cents as double)
                        * cast(jobs.margin_amount as double)
                        / cast(jobs.net_revenue_amount as double)
                    ) as bigint)
                else 0
            end
        ) as matched_margin_cents
    from credits_waved
    left join jobs
        on credits_waved.job_key = jobs.job_key
    left join units
        on credits_waved.campaign_key = units.campaign_key
        and credits_waved.wave = units.wave
        and credits_waved.window_label = units.window_label
        and credits_waved.household_key = units.unit_key
    where not coalesce(units.is_ruled_by_earlier_wave, false)
    group by
        credits_waved.campaign_key,
        credits_waved.wave,
        credits_waved.window_label

),

units_counted as (

    select
        campaign_key,
        wave,
        window_label,
        count(*) filter (where is_mailed) as mailed_count,
        count(*) filter (where is_mailed and not is_ruled_by_earlier_wave) as kept_mailed_count
    from units
    group by
        campaign_key,
        wave,
        window_label

),

-- Units left to an earlier wave take their part of the cost with them; their matched dollars are left out above.
wave_money_summed as (

    select
        waves.campaign_key,
        waves.wave,
        windows.window_label,
        cast(coalesce(piece_costs.cost_cents, pieceless_costs.cost_cents) as bigint) as wave_cost_cents,
        cast(round(
            coalesce(piece_costs.cost_cents, pieceless_costs.cost_cents)
            * cast(coalesce(units_counted.kept_mailed_count / nullif(units_counted.mailed_count, 0), 1) as double)
        ) as bigint) as cost_cents,
        cast(coalesce(credits_summed.matched_revenue_cents, 0) as bigint) as matched_revenue_cents,
        cast(coalesce(credits_summed.matched_margin_cents, 0) as bigint) as matched_margin_cents
    from waves
    inner join windows
        on waves.campaign_key = windows.campaign_key
    left join piece_costs
        on waves.campaign_key = piece_costs.campaign_key
        and waves.wave = piece_costs.wave
    left join pieceless_costs
        on waves.campaign_key = pieceless_costs.campaign_key
        and waves.wave = pieceless_costs.wave
    left join units_counted
        on waves.campaign_key = units_counted.campaign_key
        and waves.wave = units_counted.wave
        and windows.window_label = units_counted.window_label
    left join credits_summed
        on waves.campaign_key = credits_summed.campaign_key
        and waves.wave = credits_summed.wave
        and windows.window_label = credits_summed.window_label

)

select * from wave_money_summed
