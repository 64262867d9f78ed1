{#- A whole staging model: the latest version of each record of a landed table as of the build, its payload
    parsed once, renamed and typed. `columns` is {name: (path, type)}, path with dots for nested objects;
    `nested` is {name: (path, {field: 'VARCHAR'})} for a list of objects kept as a list of structs of texts.
    Beside the columns stand source, account, record_id, is_deleted, updated_at, first_known_at, known_at and
    rejected_columns: (column_name, reason) of each value that is there but does not fit its type. -#}
{% macro stage_records(source_name, table_name, columns, nested={}, source_word=none, key=none) -%}
{%- set paths = [('source', 'VARCHAR')] if source_word else [] -%}
{%- for name, (path, type) in columns.items() -%}
    {%- do paths.append((path, ['VARCHAR'] if type == 'texts' else 'VARCHAR')) -%}
{%- endfor -%}
{%- for name, (path, fields) in nested.items() -%}
    {%- do paths.append((path, [fields])) -%}
{%- endfor -%}
with versions as (

    {{ latest_versions('raw_' ~ source_name, table_name) | indent(4) }}

),

parsed as (

    select
        account,
        record_id,
        is_deleted,
        modified_at as updated_at,
        first_known_at,
        known_at,
        payload,
        {{ json_record('payload', nested_structure(paths)) }} as record
    from versions

),

typed as (

    select
        {% if source_word %}{{ source_word }}{% else %}'{{ source_name }}'{% endif %} as source,
        account,
        record_id,
        {%- if key %}
        record_id as {{ key }},
        {%- endif %}
        {%- for name, (path, type) in columns.items() %}
        {{ typed('record.' ~ path, type) }} as {{ name }},
        {%- endfor %}
        {%- for name, (path, fields) in nested.items() %}
        record.{{ path }} as {{ name }},
        {%- endfor %}
        is_deleted,
        updated_at,
        first_known_at,
        known_at,
        payload,
        record
    from parsed

),

judged as (

    select
        source,
        account,
        record_id,
        {%- if key %}
        {{ key }},
        {%- endif %}
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
        {{ rejected_columns(columns, nested) | indent(8) }} as rejected_columns
    from typed

)

select * from judged
{%- endmacro %}

{#- {field: 'VARCHAR' or list or nested} from (dotted path, leaf) pairs. -#}
{% macro nested_structure(paths) -%}
    {%- set structure = {} -%}
    {%- for path, leaf in paths -%}
        {%- set parts = path.split('.') -%}
        {%- set level = namespace(at=structure) -%}
        {%- for part in parts[:-1] -%}
            {%- if part not in level.at -%}{%- do level.at.update({part: {}}) -%}{%- endif -%}
            {%- set level.at = level.at[part] -%}
        {%- endfor -%}
        {%- if parts[-1] not in level.at -%}{%- do level.at.update({parts[-1]: leaf}) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(structure) }}
{%- endmacro %}

{#- List of what does not fit: values by type, and parents that are no object or no list. -#}
{% macro rejected_columns(columns, nested) -%}
    {%- set checks = [] -%}
    {%- set parents = [] -%}
    {%- for name, (path, type) in columns.items() -%}
        {%- if misfit_reason(type) -%}
            {%- do checks.append(
                "case when " ~ name ~ " is null and nullif(trim(record." ~ path ~ "), '') is not null then "
                ~ reject_entry(name, misfit_reason(type)) ~ " end"
            ) -%}
        {%- endif -%}
        {%- if type in ('text', 'word', 'plain_text') -%}
            {%- do checks.append(
                "case when left(ltrim(record." ~ path ~ "), 1) in ('{', '[') and json_type(payload, '$." ~ path
                ~ "') in ('OBJECT', 'ARRAY') then " ~ reject_entry(name, 'is not a text') ~ " end"
            ) -%}
        {%- endif -%}
        {%- if '.' in path and path.split('.')[0] not in parents -%}
            {%- do parents.append(path.split('.')[0]) -%}
        {%- endif -%}
        {%- if type == 'texts' -%}
            {%- do checks.append(
                "case when json_type(payload, '$." ~ path ~ "') not in ('ARRAY', 'NULL') then "
                ~ reject_entry(name, 'is not a list') ~ " end"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for parent in parents -%}
        {%- do checks.append(
            "case when json_type(payload, '$." ~ parent ~ "') not in ('OBJECT', 'NULL') then "
            ~ reject_entry(parent, 'is not an object') ~ " end"
        ) -%}
    {%- endfor -%}
    {%- for name, (path, fields) in nested.items() -%}
        {%- do checks.append(
            "case when json_type(payload, '$." ~ path ~ "') not in ('ARRAY', 'NULL') then "
            ~ reject_entry(name, 'is not a list') ~ " end"
        ) -%}
    {%- endfor -%}
    {%- if checks -%}
        {{ list_of_present(checks) }}
    {%- else -%}
        cast([] as struct(column_name varchar, reason varchar)[])
    {%- endif -%}
{%- endmacro %}

{% macro reject_entry(column_name, reason) -%}
    struct_pack(column_name := '{{ column_name }}', reason := '{{ reason }}')
{%- endmacro %}

{#- A whole model: one row per value of the vendor's staged tables that did not fit its type. -#}
{% macro staged_rejects(models) -%}
{%- for model in models %}
select
    source,
    account,
    '{{ model.split('__')[1] }}' as table_name,
    record_id,
    misfit.column_name as column_name,
    misfit.reason as reason,
    known_at
from (
    select
        source,
        account,
        record_id,
        known_at,
        unnest(rejected_columns) as misfit
    from {{ ref(model) }}
    where len(rejected_columns) > 0
)
{% if not loop.last %}union all{% endif %}
{%- endfor %}
{%- endmacro %}
