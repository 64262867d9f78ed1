with previous_credits as (

    select
        campaign_key,
        wave,
        model,
        window_label,
        job_key,
        nano_share,
        net_cents,
        collected_cents,
        margin_cents
    from {{ ref('int_credit__previous_credits_kept') }}

),

credits as (

    select
        campaign_key,
        coalesce(wave, '(none)') as wave,
        model,
        window_label,
        job_key,
        cast(sum(cast(round(credit_share * 1000000000) as bigint)) as bigint) as nano_share,
        cast(sum(cast(net_revenue_amount * 100 as bigint)) as bigint) as net_cents,
        cast(sum(cast(collected_amount * 100 as bigint)) as bigint) as collected_cents,
        cast(sum(cast(coalesce(margin_amount, 0) * 100 as bigint)) as bigint) as margin_cents
    from {{ ref('fct_job_credits') }}
    where campaign_key is not null
    group by
        campaign_key,
        coalesce(wave, '(none)'),
        model,
        window_label,
        job_key

),

credits_joined as (

    select
        coalesce(credits.campaign_key, previous_credits.campaign_key) as campaign_key,
        coalesce(credits.wave, previous_credits.wave) as wave,
        coalesce(credits.model, previous_credits.model) as model,
        coalesce(credits.window_label, previous_credits.window_label) as window_label,
        coalesce(credits.job_key, previous_credits.job_key) as job_key,
        coalesce(previous_credits.nano_share, 0) as previous_nano_share,
        coalesce(credits.nano_share, 0) - coalesce(previous_credits.nano_share, 0) as nano_change,
        coalesce(credits.net_cents, 0) - coalesce(previous_credits.net_cents, 0) as net_change_cents,
        coalesce(credits.collected_cents, 0) - coalesce(previous_credits.collected_cents, 0)
            as collected_change_cents,
        coalesce(credits.margin_cents, 0) - coalesce(previous_credits.margin_cents, 0) as margin_change_cents
    from credits
    full join previous_credits
        on credits.campaign_key = previous_credits.campaign_key
        and credits.wave = previous_credits.wave
        and credits.model = previous_credits.model
        and credits.window_label = previous_credits.window_label
        and credits.job_key = previous_credits.job_key

),

credits_compared as (

    select
        campaign_key,
        wave,
        model,
        window_label,
        job_key,
        previous_nano_share,
        nano_change,
        net_change_cents,
        collected_change_cents,
        margin_change_cents
    from credits_joined
    where
        nano_change <> 0
        or net_change_cents <> 0
        or collected_change_cents <> 0
        or margin_change_cents <> 0

)

select * from credits_compared
