{#- The earlier build's rows, taken out of the marts before they are rebuilt. A build for the same instant as
    the marts in the warehouse compares with the build before that. -#}
with run_context as (

    select as_of
    from {{ ref('stg_matchback__run_context') }}

),
{% if has_previous_build() %}
taken as (

    select
        {{ previous_as_of() }} as from_as_of,
        campaign_key,
        coalesce(wave, '(none)') as wave,
        model,
        window_label,
        job_key,
        cast(sum(cast(round(credit_share * 1000000000) as bigint)) as bigint) as nano_share,
        cast(sum(cast(net_revenue_amount * 100 as bigint)) as bigint) as net_cents,
        cast(sum(cast(collected_amount * 100 as bigint)) as bigint) as collected_cents,
        cast(sum(cast(coalesce(margin_amount, 0) * 100 as bigint)) as bigint) as margin_cents
    from {{ previous_mart('fct_job_credits') }}
    where
        campaign_key is not null
        and {{ previous_as_of() }} < {{ as_of() }}
    group by
        campaign_key,
        coalesce(wave, '(none)'),
        model,
        window_label,
        job_key

),
{% endif %}
{% if has_previous_build() and has_own_rows('nano_share') %}
kept as (

    select
        from_as_of,
        campaign_key,
        wave,
        model,
        window_label,
        job_key,
        nano_share,
        net_cents,
        collected_cents,
        margin_cents
    from {{ this }}
    where
        {{ previous_as_of() }} = {{ as_of() }}
        and from_as_of < {{ as_of() }}

),
{% endif %}
nothing as (

    select
        cast(null as timestamp with time zone) as from_as_of,
        cast(null as varchar) as campaign_key,
        cast(null as varchar) as wave,
        cast(null as varchar) as model,
        cast(null as varchar) as window_label,
        cast(null as varchar) as job_key,
        cast(null as bigint) as nano_share,
        cast(null as bigint) as net_cents,
        cast(null as bigint) as collected_cents,
        cast(null as bigint) as margin_cents
    from run_context
    where false

),

previous_rows as (

    select
        from_as_of,
        campaign_key,
        wave,
        model,
        window_label,
        job_key,
        nano_share,
        net_cents,
        collected_cents,
        margin_cents
    from nothing
    {% if has_previous_build() -%}
    union all
    select
        from_as_of,
        campaign_key,
        wave,
        model,
        window_label,
        job_key,
        nano_share,
        net_cents,
        collected_cents,
        margin_cents
    from taken
    {% endif -%}
    {% if has_previous_build() and has_own_rows('nano_share') -%}
    union all
    select
        from_as_of,
        campaign_key,
        wave,
        model,
        window_label,
        job_key,
        nano_share,
        net_cents,
        collected_cents,
        margin_cents
    from kept
    {% endif %}

)

select * from previous_rows
