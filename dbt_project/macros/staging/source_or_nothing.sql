{#- A source table's rows, or no rows of the given {column: SQL type} while the table is not there yet: the first run
    of an operator who never drew a split has no table of splits. -#}
{% macro source_or_nothing(source_name, table_name, columns) -%}
    {%- set relation = source(source_name, table_name) -%}
    {%- if not execute or load_relation(relation) is not none -%}
select
    {%- for name in columns %}
    {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }}
    {%- else -%}
select
    {%- for name, type in columns.items() %}
    cast(null as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
where false
    {%- endif -%}
{%- endmacro %}
