{#- A whole staging model over one list of objects of a staged record: one row per object, typed like
    `stage_records`. `parent_columns` come along; `position` counts from 1. -#}
{% macro stage_nested(model, list_column, parent_columns, columns, nested={}) -%}
with parents as (

    select
        source,
        account,
        record_id,
        {%- for name in parent_columns %}
        {{ name }},
        {%- endfor %}
        {{ list_column }} as elements,
        is_deleted,
        updated_at,
        first_known_at,
        known_at
    from {{ ref(model) }}
    where len({{ list_column }}) > 0

),

unnested as (

    {{ unnest_with_position('parents', 'elements', 'record') }}

),

typed as (

    select
        source,
        account,
        record_id,
        {%- for name in parent_columns %}
        {{ name }},
        {%- endfor %}
        position,
        {%- for name, (path, type) in columns.items() %}
        {{ typed('record.' ~ path, type) }} as {{ name }},
        {%- endfor %}
        {%- for name, path in nested.items() %}
        record.{{ path }} as {{ name }},
        {%- endfor %}
        is_deleted,
        updated_at,
        first_known_at,
        known_at,
        record
    from unnested

),

judged as (

    select
        source,
        account,
        record_id,
        {%- for name in parent_columns %}
        {{ name }},
        {%- endfor %}
        position,
        {%- for name in columns.keys() %}
        {{ name }},
        {%- endfor %}
        {%- for name in nested.keys() %}
        {{ name }},
        {%- endfor %}
        is_deleted,
        updated_at,
        first_known_at,
        known_at,
        {{ nested_rejects(columns) | indent(8) }} as rejected_columns
    from typed

)

select * from judged
{%- endmacro %}

{% macro nested_rejects(columns) -%}
    {%- set checks = [] -%}
    {%- for name, (path, type) in columns.items() if misfit_reason(type) -%}
        {%- do checks.append(
            "case when " ~ name ~ " is null and nullif(trim(record." ~ path ~ "), '') is not null then "
            ~ reject_entry(name, misfit_reason(type)) ~ " end"
        ) -%}
    {%- endfor -%}
    {%- if checks -%} {{ list_of_present(checks) }}
    {%- else -%} cast([] as struct(column_name varchar, reason varchar)[])
    {%- endif -%}
{%- endmacro %}

{#- Every column of a relation, with one row per element of a list and its position from 1. -#}
{% macro unnest_with_position(relation, list_column, element) -%}
    {{ return(adapter.dispatch('unnest_with_position', 'matchback')(relation, list_column, element)) }}
{%- endmacro %}

{% macro default__unnest_with_position(relation, list_column, element) -%}
    select
        {{ relation }}.* exclude ({{ list_column }}),
        unnest({{ list_column }}) as {{ element }},
        generate_subscripts({{ list_column }}, 1) as position
    from {{ relation }}
{%- endmacro %}
