{#- Whole seconds of a time span text: `00:03:25`, `1.02:03:04.5`, `PT3M25S` or plain seconds. -#}
{% macro duration_seconds(text) -%}
    {{ return(adapter.dispatch('duration_seconds', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__duration_seconds(text) -%}
    case
        when regexp_matches({{ text }}, '^([0-9]+[.])?[0-9]+:[0-9]{2}:[0-9]{2}([.][0-9]+)?$')
            then coalesce(try_cast(nullif(regexp_extract({{ text }}, '^([0-9]+)[.]', 1), '') as bigint), 0) * 86400
                + cast(regexp_extract({{ text }}, '([0-9]+):([0-9]{2}):([0-9]{2})', 1) as bigint) * 3600
                + cast(regexp_extract({{ text }}, '([0-9]+):([0-9]{2}):([0-9]{2})', 2) as bigint) * 60
                + cast(regexp_extract({{ text }}, '([0-9]+):([0-9]{2}):([0-9]{2})', 3) as bigint)
        when regexp_matches({{ text }}, '^PT([0-9]+H)?([0-9]+M)?([0-9.]+S)?$')
            then coalesce(try_cast(nullif(regexp_extract({{ text }}, '([0-9]+)H', 1), '') as bigint), 0) * 3600
                + coalesce(try_cast(nullif(regexp_extract({{ text }}, '([0-9]+)M', 1), '') as bigint), 0) * 60
                + coalesce(try_cast(nullif(regexp_extract({{ text }}, '([0-9]+)([.][0-9]+)?S', 1), '') as bigint), 0)
        when regexp_matches({{ text }}, '^[0-9]+$') then try_cast({{ text }} as bigint)
    end
{%- endmacro %}
