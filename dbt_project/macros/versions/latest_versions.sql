{#- The latest version of each record of a landed table as of the build: account, record_id, modified_at,
    is_deleted, payload, payload_hash, known_at (its landing), first_known_at (the record's first landing).
    A version never overtakes a newer one, whatever order they arrived in, and what a crash landed twice
    falls together here. -#}
{% macro latest_versions(source_name, table_name) -%}
    {{ return(adapter.dispatch('latest_versions', 'matchback')(source_name, table_name)) }}
{%- endmacro %}

{% macro default__latest_versions(source_name, table_name) -%}
    select
        versions.account,
        versions.record_id,
        arg_max(
            struct_pack(
                modified_at := versions.modified_at,
                is_deleted := versions.is_deleted,
                payload := versions.payload,
                payload_hash := versions.payload_hash,
                known_at := versions._loaded_at
            ),
            struct_pack(
                moved_at := coalesce(versions.modified_at, versions._loaded_at),
                loaded_at := versions._loaded_at,
                page_position := coalesce(versions._position, 0)
            )
        ) as latest,
        min(versions._loaded_at) as first_known_at
    from {{ source(source_name, table_name) }} as versions
    where versions._loaded_at <= {{ as_of() }}
    group by
        versions.account,
        versions.record_id
{%- endmacro %}
