{#- Operator-local date of an instant. -#}
{% macro local_date(instant) -%}
    {{ return(adapter.dispatch('local_date', 'matchback')(instant)) }}
{%- endmacro %}

{% macro default__local_date(instant) -%}
    cast(timezone({{ run_setting('time_zone') }}, {{ instant }}) as date)
{%- endmacro %}

{#- Operator-local wall time of an instant, without zone. -#}
{% macro local_time(instant) -%}
    {{ return(adapter.dispatch('local_time', 'matchback')(instant)) }}
{%- endmacro %}

{% macro default__local_time(instant) -%}
    timezone({{ run_setting('time_zone') }}, {{ instant }})
{%- endmacro %}

{#- Instant of a local wall time. Zones' gaps move forward. -#}
{% macro local_instant(wall_time) -%}
    {{ return(adapter.dispatch('local_instant', 'matchback')(wall_time)) }}
{%- endmacro %}

{% macro default__local_instant(wall_time) -%}
    timezone({{ run_setting('time_zone') }}, cast({{ wall_time }} as timestamp))
{%- endmacro %}

{#- Instant of 00:00 local of a date. -#}
{% macro local_midnight(date) -%}
    {{ local_instant('cast(' ~ date ~ ' as date)') }}
{%- endmacro %}
