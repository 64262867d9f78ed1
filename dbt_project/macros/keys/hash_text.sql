{#- md5 text of one text. -#}
{% macro hash_text(expression) -%}
    {{ return(adapter.dispatch('hash_text', 'matchback')(expression)) }}
{%- endmacro %}

{% macro default__hash_text(expression) -%}
    md5(cast({{ expression }} as varchar))
{%- endmacro %}
