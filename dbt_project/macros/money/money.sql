{#- Integer cents of a decimal in the major unit, as text or number. Float noise (145.000000001) is
    rounded away; an amount that honestly has more than two decimals (145.005) is null, and so is what
    is no number: staging turns both into a reject. -#}
{% macro cents(amount) -%}
    {{ return(adapter.dispatch('cents', 'matchback')(amount)) }}
{%- endmacro %}

{% macro default__cents(amount) -%}
    case
        when abs(
            try_cast({{ amount }} as decimal(30, 10)) * cast(100 as decimal(3, 0))
            - round(try_cast({{ amount }} as decimal(30, 10)) * cast(100 as decimal(3, 0)), 0)
        ) <= 0.0001
            then try_cast(
                round(try_cast({{ amount }} as decimal(30, 10)) * cast(100 as decimal(3, 0)), 0)
                as bigint
            )
    end
{%- endmacro %}

{#- Integer cents of a computed decimal in cents, ties to the even cent. -#}
{% macro cents_half_even(decimal_cents) -%}
    {{ return(adapter.dispatch('cents_half_even', 'matchback')(decimal_cents)) }}
{%- endmacro %}

{% macro default__cents_half_even(decimal_cents) -%}
    case
        when abs({{ decimal_cents }}) - floor(abs({{ decimal_cents }})) = 0.5
            then cast(2 * round({{ decimal_cents }} / 2, 0) as bigint)
        else cast(round({{ decimal_cents }}, 0) as bigint)
    end
{%- endmacro %}

{#- Amount in the major unit, exact, of integer cents. -#}
{% macro amount(cents) -%}
    {{ return(adapter.dispatch('amount', 'matchback')(cents)) }}
{%- endmacro %}

{% macro default__amount(cents) -%}
    cast(cast({{ cents }} as decimal(18, 0)) * cast(0.01 as decimal(3, 2)) as decimal(18, 2))
{%- endmacro %}

{#- The share part/whole of an amount in cents, to the nearest cent, ties to the even one; whole numbers only, no
    float on the way. All three are >= 0, whole > 0. -#}
{% macro proportional_cents(cents, part, whole) -%}
    {{ return(adapter.dispatch('proportional_cents', 'matchback')(cents, part, whole)) }}
{%- endmacro %}

{% macro default__proportional_cents(cents, part, whole) -%}
    {%- set product = 'cast(' ~ cents ~ ' as hugeint) * ' ~ part -%}
    cast(
        ({{ product }}) // {{ whole }}
        + case
            when 2 * (({{ product }}) % {{ whole }}) > {{ whole }} then 1
            when 2 * (({{ product }}) % {{ whole }}) = {{ whole }} and (({{ product }}) // {{ whole }}) % 2 = 1 then 1
            else 0
        end as bigint
    )
{%- endmacro %}
