{#- Campaign of a mail order's reference: the reference without its wave (SPRING26-TUNEUP-W1). -#}
{% macro reference_campaign(reference) -%}
    {{ return(adapter.dispatch('reference_campaign', 'matchback')(reference)) }}
{%- endmacro %}

{% macro default__reference_campaign(reference) -%}
    nullif(regexp_replace({{ reference }}, '[-_ ./]+(W|WAVE|DROP|D)[-_ ]?[0-9]+$', '', 'i'), '')
{%- endmacro %}

{#- Wave of a mail order's reference, `1` where it names none. -#}
{% macro reference_wave(reference) -%}
    {{ return(adapter.dispatch('reference_wave', 'matchback')(reference)) }}
{%- endmacro %}

{% macro default__reference_wave(reference) -%}
    coalesce(nullif(regexp_extract({{ reference }}, '[-_ ./](W|WAVE|DROP|D)[-_ ]?0*([0-9]+)$', 2, 'i'), ''), '1')
{%- endmacro %}
