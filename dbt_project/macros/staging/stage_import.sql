{#- A whole staging model of one table of the import folder: the canonical columns of the table under their
    canonical names and types, references as given (completed by the union), money in cents of the row's
    currency. `date_only_columns` names the instants that came as a bare date. -#}
{% macro stage_import(table_name) -%}
{%- set table = canonical_table(table_name) -%}
{%- set columns = {} -%}
{%- for name, type in canonical_columns(table_name).items() -%}
    {%- if name not in table.get('extra', {}) and name not in ('account', 'postal_code_4', 'source') -%}
        {%- do columns.update({name: (import_name(name, type), type)}) -%}
    {%- endif -%}
{%- endfor -%}
{%- if has_money(table_name) -%}{%- do columns.update({'currency_code': ('currency', 'text')}) -%}{%- endif -%}
{%- do columns.update({'row_updated_at': ('updated_at', 'instant'), 'row_deleted_at': ('deleted_at', 'instant')}) -%}
{%- for name, type in table['columns'].items() if type == 'instant' -%}
    {%- do columns.update({name ~ '_is_date_only': (name ~ '_is_date_only', 'boolean')}) -%}
{%- endfor -%}
{{ stage_records('import', table_name, columns, source_word=import_source(table_name, table)) }}
{%- endmacro %}

{% macro import_source(table_name, table) -%}
    {%- if table_name == 'service_areas' -%} 'import'
    {%- elif 'campaign_source' in table['key'] -%} coalesce(record.campaign_source, 'import')
    {%- else -%} coalesce(record.source, 'import')
    {%- endif -%}
{%- endmacro %}

{#- Name of a canonical column in the import format. -#}
{% macro import_name(name, type) -%}
    {%- if type != 'cents' -%}{{ return(name) }}{%- endif -%}
    {{ return('amount' if name == 'amount_cents' else name[:-6] ~ '_amount') }}
{%- endmacro %}
