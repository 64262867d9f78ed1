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
        job_key,
        customer_key,
        household_key,
        state,
        cast(collected_amount * 100 as bigint) as collected_cents,
        cast(coalesce(margin_amount, 0) * 100 as bigint) as margin_cents
    from {{ previous_mart('fct_jobs') }}
    where {{ previous_as_of() }} < {{ as_of() }}

),
{% endif %}
{% if has_previous_build() and has_own_rows('margin_cents') %}
kept as (

    select
        from_as_of,
        job_key,
        customer_key,
        household_key,
        state,
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
        cast(null as varchar) as job_key,
        cast(null as varchar) as customer_key,
        cast(null as varchar) as household_key,
        cast(null as varchar) as state,
        cast(null as bigint) as collected_cents,
        cast(null as bigint) as margin_cents
    from run_context
    where false

),

previous_rows as (

    select
        from_as_of,
        job_key,
        customer_key,
        household_key,
        state,
        collected_cents,
        margin_cents
    from nothing
    {% if has_previous_build() -%}
    union all
    select
        from_as_of,
        job_key,
        customer_key,
        household_key,
        state,
        collected_cents,
        margin_cents
    from taken
    {% endif -%}
    {% if has_previous_build() and has_own_rows('margin_cents') -%}
    union all
    select
        from_as_of,
        job_key,
        customer_key,
        household_key,
        state,
        collected_cents,
        margin_cents
    from kept
    {% endif %}

)

select * from previous_rows
