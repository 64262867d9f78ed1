{#- Whether the warehouse still holds the marts of an earlier build, with the instant they were built for. -#}
{% macro has_previous_build() -%}
    {%- if not execute -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set waves = adapter.get_relation(database=this.database, schema='marts', identifier='fct_campaign_waves') -%}
    {%- if waves is none -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set names = adapter.get_columns_in_relation(waves) | map(attribute='name') | list -%}
    {{ return('as_of_at' in names) }}
{%- endmacro %}

{#- The instant the marts in the warehouse were built for: a scalar subquery. -#}
{% macro previous_as_of() -%}
    (select max(waves.as_of_at) from {{ api.Relation.create(database=this.database, schema='marts', identifier='fct_campaign_waves') }} as waves)
{%- endmacro %}

{#- A table of the marts as the earlier build left it. Not a ref: it is read before it is rebuilt. -#}
{% macro previous_mart(name) -%}
    {{ api.Relation.create(database=this.database, schema='marts', identifier=name) }}
{%- endmacro %}

{#- Whether this model holds rows of its own from an earlier run, with this column. -#}
{% macro has_own_rows(column='from_as_of') -%}
    {%- if not execute or load_relation(this) is none -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(column in (adapter.get_columns_in_relation(load_relation(this)) | map(attribute='name') | list)) }}
{%- endmacro %}
