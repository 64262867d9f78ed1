{#- Whether an endpoint of the call log is one of ours that vendors call, not one of theirs. -#}
{% macro is_callback(endpoint) -%}
    regexp_matches(lower({{ endpoint }}), 'webhook|callback')
{%- endmacro %}
