{#- The folder's schema as it is: staging, intermediate, marts, restricted. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
