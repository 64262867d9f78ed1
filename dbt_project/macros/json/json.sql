{#- A JSON text as a typed struct, in one pass. `structure` is {field: 'VARCHAR' | 'JSON' | nested}. What
    is not there is null; a scalar asked as VARCHAR comes as its text. -#}
{% macro json_record(payload, structure) -%}
    {{ return(adapter.dispatch('json_record', 'matchback')(payload, structure)) }}
{%- endmacro %}

{% macro default__json_record(payload, structure) -%}
    from_json({{ payload }}, '{{ tojson(structure) }}')
{%- endmacro %}

{#- One value of a JSON text by path, as text. For the few places that need a single field. -#}
{% macro json_text(payload, path) -%}
    {{ return(adapter.dispatch('json_text', 'matchback')(payload, path)) }}
{%- endmacro %}

{% macro default__json_text(payload, path) -%}
    json_extract_string({{ payload }}, '{{ path }}')
{%- endmacro %}

{#- Kind of a JSON text: object, array, string, number, boolean or null. -#}
{% macro json_kind(json) -%}
    {{ return(adapter.dispatch('json_kind', 'matchback')(json)) }}
{%- endmacro %}

{% macro default__json_kind(json) -%}
    case json_type({{ json }})
        when 'OBJECT' then 'object'
        when 'ARRAY' then 'array'
        when 'VARCHAR' then 'string'
        when 'BOOLEAN' then 'boolean'
        when 'NULL' then 'null'
        else 'number'
    end
{%- endmacro %}
