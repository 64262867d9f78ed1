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
        waves.campaign_key,
        waves.wave,
        waves.response_window_days,
        cast(
            coalesce(cast(waves.unspread_cost_amount * 100 as bigint), 0)
            + coalesce(cast(waves.piece_cost_amount * 100 as bigint), 0)
            as bigint
        ) as cost_cents,
        waves.last_in_home_on,
        waves.as_of_on
    from {{ previous_mart('fct_campaign_waves') }} as waves
    where {{ previous_as_of() }} < {{ as_of() }}

),
{% endif %}
{% if has_previous_build() and has_own_rows('as_of_on') %}
kept as (

    select
        from_as_of,
        campaign_key,
        wave,
        response_window_days,
        cost_cents,
        last_in_home_on,
        as_of_on
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
        cast(null as integer) as response_window_days,
        cast(null as bigint) as cost_cents,
        cast(null as date) as last_in_home_on,
        cast(null as date) as as_of_on
    from run_context
    where false

),

previous_rows as (

    select
        from_as_of,
        campaign_key,
        wave,
        response_window_days,
        cost_cents,
        last_in_home_on,
        as_of_on
    from nothing
    {% if has_previous_build() -%}
    union all
    select
        from_as_of,
        campaign_key,
        wave,
        response_window_days,
        cost_cents,
        last_in_home_on,
        as_of_on
    from taken
    {% endif -%}
    {% if has_previous_build() and has_own_rows('as_of_on') -%}
    union all
    select
        from_as_of,
        campaign_key,
        wave,
        response_window_days,
        cost_cents,
        last_in_home_on,
        as_of_on
    from kept
    {% endif %}

)

select * from previous_rows
