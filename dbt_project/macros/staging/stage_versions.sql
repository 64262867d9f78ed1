{#- A whole staging model: every version of each record of a landed table known at the build, with a few values as
    text (name: JSON path). For what only a record's history tells. -#}
{% macro stage_versions(source_name, table_name, key, texts) -%}
with versions as (

    select
        account,
        record_id,
        modified_at,
        is_deleted,
        payload,
        _loaded_at
    from {{ source('raw_' ~ source_name, table_name) }}
    where _loaded_at <= {{ as_of() }}

),

read as (

    select
        '{{ source_name }}' as source,
        account,
        record_id as {{ key }},
        {%- for name, path in texts.items() %}
        nullif({{ json_text('payload', path) }}, '') as {{ name }},
        {%- endfor %}
        is_deleted,
        modified_at as updated_at,
        _loaded_at as known_at
    from versions

)

select * from read
{%- endmacro %}
