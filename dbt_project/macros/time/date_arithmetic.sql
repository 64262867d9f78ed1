{#- A date and a number of days after it (may be an expression, may be negative). -#}
{% macro day_add(date, days) -%}
    {{ return(adapter.dispatch('day_add', 'matchback')(date, days)) }}
{%- endmacro %}

{% macro default__day_add(date, days) -%}
    (cast({{ date }} as date) + cast({{ days }} as integer))
{%- endmacro %}

{#- Whole days from one date to another. -#}
{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between', 'matchback')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    (cast({{ later }} as date) - cast({{ earlier }} as date))
{%- endmacro %}

{#- Whole seconds from one instant to another. -#}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between', 'matchback')(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    date_diff('second', {{ earlier }}, {{ later }})
{%- endmacro %}

{#- An instant and a number of seconds after it. -#}
{% macro second_add(instant, seconds) -%}
    {{ return(adapter.dispatch('second_add', 'matchback')(instant, seconds)) }}
{%- endmacro %}

{% macro default__second_add(instant, seconds) -%}
    ({{ instant }} + to_seconds({{ seconds }}))
{%- endmacro %}

{#- First day of the month of a date. -#}
{% macro month_start(date) -%}
    {{ return(adapter.dispatch('month_start', 'matchback')(date)) }}
{%- endmacro %}

{% macro default__month_start(date) -%}
    cast(date_trunc('month', {{ date }}) as date)
{%- endmacro %}

{#- The nth postal day after a date (n >= 0; 0 of a day without post: the postal day before it). -#}
{% macro postal_day_add(date, days) -%}
    (
        select min(later_days.date_on)
        from {{ ref('int_calendar__days_built') }} as later_days
        where later_days.postal_day_number = (
            select start_days.postal_day_number + cast({{ days }} as integer)
            from {{ ref('int_calendar__days_built') }} as start_days
            where start_days.date_on = {{ date }}
        )
    )
{%- endmacro %}

{#- Day of the week of a date, 1 (Monday) to 7 (Sunday). -#}
{% macro iso_weekday(date) -%}
    {{ return(adapter.dispatch('iso_weekday', 'matchback')(date)) }}
{%- endmacro %}

{% macro default__iso_weekday(date) -%}
    cast(isodow({{ date }}) as integer)
{%- endmacro %}

{#- One row (date_on) per day from the first to the last date, both included: a whole select. -#}
{% macro date_spine(first_on, last_on) -%}
    {{ return(adapter.dispatch('date_spine', 'matchback')(first_on, last_on)) }}
{%- endmacro %}

{% macro default__date_spine(first_on, last_on) -%}
    select cast(unnest(generate_series(
        cast({{ first_on }} as timestamp),
        cast({{ last_on }} as timestamp),
        interval 1 day
    )) as date) as date_on
{%- endmacro %}

{#- Last day of the month of a date. -#}
{% macro month_end(date) -%}
    {{ return(adapter.dispatch('month_end', 'matchback')(date)) }}
{%- endmacro %}

{% macro default__month_end(date) -%}
    last_day({{ date }})
{%- endmacro %}
