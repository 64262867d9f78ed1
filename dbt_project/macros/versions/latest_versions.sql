{#- The latest version of each record of a landed table as of the build: account, record_id, modified_at,
    is_deleted, payload, payload_hash, known_at (its landing), first_known_at (the record's first landing).
    A version never overtakes a newer one, whatever order they arrived in, and what a crash landed twice
    falls together here. -#}
{% macro latest_versions(source_name, table_name) -%}
    {{ return(adapter.dispatch('latest_versions', 'matchback')(source_name, table_name)) }}
{%- endmacro %}

{% macro default__latest_versions(source_name, table_name) -%}
    select
        account,
        record_id,
        modified_at,
        is_deleted,
        payload,
        payload_hash,
        known_at,
        first_known_at
    from (
        select
            versions.account,
            versions.record_id,
            versions.modified_at,
            versions.is_deleted,
            versions.payload,
            versions.payload_hash,
            versions._loaded_at as known_at,
            min(versions._loaded_at) over (
                partition by versions.account, versions.record_id
            ) as first_known_at,
            row_number() over (
                partition by versions.account, versions.record_id
                order by
                    coalesce(versions.modified_at, versions._loaded_at) desc,
                    versions._loaded_at desc,
                    versions._position desc
            ) as place
        from {{ source(source_name, table_name) }} as versions
        where versions._loaded_at <= {{ as_of() }}
    )
    where place = 1
{%- endmacro %}
