{#- The columns of a version that every canonical row carries, from a staged row. -#}
{% macro version_columns(relation, is_deleted=none) -%}
    {%- set gone = relation ~ '.is_deleted' if is_deleted is none else '(' ~ relation ~ '.is_deleted or ' ~ is_deleted ~ ')' -%}
    {{ gone }} as is_deleted,
    case when {{ gone }} then coalesce({{ relation }}.updated_at, {{ relation }}.known_at) end as deleted_at,
    {{ relation }}.updated_at,
    {{ relation }}.first_known_at,
    {{ relation }}.known_at
{%- endmacro %}
