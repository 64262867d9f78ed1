{#- A date and a number of months after it (may be negative). -#}
{% macro month_add(date, months) -%}
    {{ return(adapter.dispatch('month_add', 'matchback')(date, months)) }}
{%- endmacro %}

{% macro default__month_add(date, months) -%}
    cast({{ date }} + to_months({{ months }}) as date)
{%- endmacro %}
