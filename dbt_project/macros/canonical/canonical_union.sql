{#- The last CTEs and the select of a canonical union, to stand after `with` and the vendors' CTEs. Each vendor's
    CTE gives the canonical columns it knows under their names, and source, account, is_deleted, updated_at,
    first_known_at, known_at; what it does not know is null. An import row with the (source, account, id) of a
    connector's record is a version of that record: the newer value of each column that is there wins. -#}
{% macro canonical_union(table_name, vendors=[]) -%}
imported as (

    {{ imported_rows(table_name) | indent(4) }}

),

merged as (

    {{ merged_versions(table_name, vendors) | indent(4) }}

),

{% if has_money(table_name) -%}
{{ converted_rows(table_name, 'merged') }}
{%- else -%}
converted as (

    select * from merged

),
{%- endif %}

{{ finished_rows(table_name) }}

select
    {%- for name, type in canonical_columns(table_name).items() %}
    cast({{ name }} as {{ sql_type(type) }}) as {{ name }},
    {%- endfor %}
    {%- if has_money(table_name) %}
    cast(currency_code as varchar) as currency_code,
    {%- endif %}
    cast(date_only_columns as varchar[]) as date_only_columns,
    coalesce(is_deleted, false) as is_deleted,
    cast(deleted_at as timestamp with time zone) as deleted_at,
    cast(updated_at as timestamp with time zone) as updated_at,
    cast(first_known_at as timestamp with time zone) as first_known_at,
    cast(known_at as timestamp with time zone) as known_at
from finished
{%- endmacro %}

{#- Rows of the import folder in canonical columns. -#}
{% macro imported_rows(table_name) -%}
    {%- set table = canonical_table(table_name) -%}
select
    {%- for name, type in canonical_columns(table_name).items() %}
    {%- if name in table.get('extra', {}) %}
    {{ import_extra(table_name, name) }} as {{ name }},
    {%- elif name == 'wave' and table_name != 'mail_costs' %}
    coalesce(staged.wave, '1') as wave,
    {%- elif name == 'campaign_source' and name in table['key'] %}
    coalesce(staged.campaign_source, staged.source) as campaign_source,
    {%- elif name == 'campaign_account' and name in table['key'] %}
    coalesce(staged.campaign_account, staged.account) as campaign_account,
    {%- elif name == 'member_id' %}
    coalesce(staged.member_id, staged.customer_id, staged.recipient_id) as member_id,
    {%- elif name in ['postal_code', 'service_postal_code'] %}
    {{ postal_code_5('staged.' ~ name) }} as {{ name }},
    {%- elif name == 'postal_code_4' %}
    {{ postal_code_4('staged.postal_code') }} as postal_code_4,
    {%- else %}
    staged.{{ name }},
    {%- endif %}
    {%- endfor %}
    {%- if has_money(table_name) %}
    staged.currency_code,
    {%- endif %}
    {{ date_only_columns(table['columns']) }} as date_only_columns,
    staged.is_deleted or coalesce(staged.row_deleted_at <= {{ as_of() }}, false) as is_deleted,
    coalesce(staged.row_deleted_at, case when staged.is_deleted then staged.known_at end) as deleted_at,
    coalesce(staged.row_updated_at, staged.updated_at) as updated_at,
    staged.first_known_at,
    staged.known_at
from {{ ref('stg_import__' ~ table_name) }} as staged
{%- endmacro %}

{% macro import_extra(table_name, name) -%}
    {%- if name == 'area_id' -%} concat_ws('/', {{ postal_code_5('staged.postal_code') }}, staged.carrier_route)
    {%- elif name == 'total_cents' -%} cast(null as bigint)
    {%- elif name in ['is_zero_value', 'is_facility_scan'] -%} cast(null as boolean)
    {%- elif name == 'code_texts' -%} cast(null as varchar[])
    {%- else -%} cast(null as varchar)
    {%- endif -%}
{%- endmacro %}

{#- Names of the instants of a row that came as a bare date. -#}
{% macro date_only_columns(columns) -%}
    {%- set checks = [] -%}
    {%- for name, type in columns.items() if type == 'instant' -%}
        {%- do checks.append("case when staged." ~ name ~ "_is_date_only then '" ~ name ~ "' end") -%}
    {%- endfor -%}
    {%- if checks -%} {{ list_of_present(checks) }} {%- else -%} cast([] as varchar[]) {%- endif -%}
{%- endmacro %}

{#- All rows of vendors and imports, one per key. -#}
{% macro merged_versions(table_name, vendors) -%}
    {{ return(adapter.dispatch('merged_versions', 'matchback')(table_name, vendors)) }}
{%- endmacro %}

{% macro default__merged_versions(table_name, vendors) -%}
    {%- if not vendors -%}
select * from imported
    {%- else -%}
    {%- set key = canonical_table(table_name)['key'] -%}
    {%- set columns = (canonical_columns(table_name).keys() | list) + ['date_only_columns'] -%}
    {%- if has_money(table_name) -%}{%- do columns.append('currency_code') -%}{%- endif -%}
select
    coalesce(imported.updated_at, imported.known_at)
        > coalesce(vendor_rows.updated_at, vendor_rows.known_at) as is_import_newer,
    {%- for name in key %}
    vendor_rows.{{ name }},
    {%- endfor %}
    {%- for name in columns if name not in key %}
    {%- if name in canonical_table(table_name).get('derived', []) %}
    coalesce(imported.{{ name }}, vendor_rows.{{ name }}) as {{ name }},
    {%- else %}
    case
        when is_import_newer then coalesce(imported.{{ name }}, vendor_rows.{{ name }})
        else coalesce(vendor_rows.{{ name }}, imported.{{ name }})
    end as {{ name }},
    {%- endif %}
    {%- endfor %}
    vendor_rows.is_deleted or coalesce(imported.is_deleted, false) as is_deleted,
    coalesce(vendor_rows.deleted_at, imported.deleted_at) as deleted_at,
    greatest(vendor_rows.updated_at, imported.updated_at) as updated_at,
    least(vendor_rows.first_known_at, imported.first_known_at) as first_known_at,
    greatest(vendor_rows.known_at, imported.known_at) as known_at
from (
    {%- for vendor in vendors %}
    select * from {{ vendor }}
    union all by name
    {%- endfor %}
    select * from imported where false
) as vendor_rows
left join imported
    on {{ same_key('vendor_rows', 'imported', key) | indent(4) }}

union all by name

select imported.*
from imported
where not exists (
    select 1
    from (
        {%- for vendor in vendors %}
        select {{ key | join(', ') }} from {{ vendor }}
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- endfor %}
    ) as vendor_keys
    where {{ same_key('vendor_keys', 'imported', key) | indent(4) }}
)
    {%- endif -%}
{%- endmacro %}

{#- Condition that two rows have one key; the optional parts of a key may both be null. -#}
{% macro same_key(left_rows, right_rows, key) -%}
    {%- for name in key %}
    {% if not loop.first %}and {% endif %}
    {{- left_rows }}.{{ name }} {{ 'is not distinct from' if name in ['invoice_id', 'location'] else '=' }} {{ right_rows }}.{{ name }}
    {%- endfor %}
{%- endmacro %}
