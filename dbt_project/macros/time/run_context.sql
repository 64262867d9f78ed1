{#- Scalar subqueries over the one row of the run's context. -#}
{% macro run_setting(column) -%}
    (select run_context.{{ column }} from {{ ref('stg_matchback__run_context') }} as run_context)
{%- endmacro %}

{#- The instant this build looks at the world from. -#}
{% macro as_of() -%}
    {{ run_setting('as_of') }}
{%- endmacro %}
