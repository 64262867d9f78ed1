{#- A vendor's id or free text without e-mail addresses and written-out phone numbers. Plain runs of
    digits stay: most vendors' ids look like that. -#}
{% macro masked_text(text) -%}
    {{ return(adapter.dispatch('masked_text', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__masked_text(text) -%}
    regexp_replace(
        regexp_replace({{ text }}, '[^\s<>@]+@[^\s<>@]+\.[A-Za-z]{2,}', '(masked e-mail)', 'g'),
        '\+1[0-9]{10}\b|(\+?1[-. ])?(\([0-9]{3}\) ?|[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}\b',
        '(masked phone)',
        'g'
    )
{%- endmacro %}
