{#- A text of a record as a value of one of our types; null where it does not fit (see `misfit_reason`). -#}
{% macro typed(text, type) -%}
    {%- if type == 'text' -%} nullif(trim({{ text }}), '')
    {%- elif type == 'word' -%} replace({{ normalised_word(text) }}, ' ', '_')
    {%- elif type == 'plain_text' -%} {{ plain_text(text) }}
    {%- elif type == 'id' -%}
        case
            when not regexp_matches({{ text }}, '^[0-9.]+[eE][+]?[0-9]+$')
                then nullif(regexp_replace(trim({{ text }}), '^([0-9]+)[.]0+$', '\1'), '')
        end
    {%- elif type == 'reference' -%}
        case
            when not regexp_matches({{ text }}, '^[0-9.]+[eE][+]?[0-9]+$')
                then nullif(nullif(regexp_replace(trim({{ text }}), '^([0-9]+)[.]0+$', '\1'), ''), '0')
        end
    {%- elif type == 'instant' -%} {{ instant_of(text) }}
    {%- elif type == 'portal_instant' -%} {{ portal_instant_of(text) }}
    {%- elif type == 'date' -%} {{ date_of(text) }}
    {%- elif type == 'cents' -%} {{ cents(text) }}
    {%- elif type == 'rounded_cents' -%}
        {{ cents_half_even('try_cast(' ~ text ~ ' as decimal(30, 10)) * cast(100 as decimal(3, 0))') }}
    {%- elif type == 'boolean' -%} try_cast({{ text }} as boolean)
    {%- elif type == 'integer' -%}
        case when regexp_matches(trim({{ text }}), '^-?[0-9]+([.]0+)?$') then try_cast({{ text }} as bigint) end
    {%- elif type == 'decimal' -%} try_cast({{ text }} as decimal(18, 6))
    {%- elif type == 'list' -%} {{ text_list(text) }}
    {%- elif type == 'list_text' -%} {{ text }}
    {%- elif type in ('objects', 'texts') -%} {{ text }}
    {%- else -%} {{ exceptions.raise_compiler_error('unknown type ' ~ type) }}
    {%- endif -%}
{%- endmacro %}

{#- Why a text that is there became no value. -#}
{% macro misfit_reason(type) -%}
    {{ return({
        'id': 'is an id damaged by number formatting',
        'reference': 'is an id damaged by number formatting',
        'instant': 'is not an instant',
        'portal_instant': 'is not an instant',
        'date': 'is not a date',
        'cents': 'is not an amount in whole cents',
        'rounded_cents': 'is not an amount',
        'boolean': 'is neither true nor false',
        'integer': 'is not a whole number',
        'decimal': 'is not a number',
        'list': 'is not a list',
    }.get(type)) }}
{%- endmacro %}

{#- The SQL type of one of our types. -#}
{% macro sql_type(type) -%}
    {{ return({
        'text': 'varchar', 'word': 'varchar', 'plain_text': 'varchar', 'id': 'varchar', 'reference': 'varchar',
        'instant': 'timestamp with time zone', 'date': 'date', 'cents': 'bigint', 'rounded_cents': 'bigint',
        'boolean': 'boolean', 'integer': 'bigint', 'decimal': 'decimal(18, 6)', 'list': 'varchar[]',
    }[type]) }}
{%- endmacro %}

{#- An ISO 8601 text as an instant; one without offset is UTC. -#}
{% macro instant_of(text) -%}
    {{ return(adapter.dispatch('instant_of', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__instant_of(text) -%}
    case
        when regexp_matches(trim({{ text }}), '^[0-9]{4}-[0-9]{2}-[0-9]{2}')
            then try_cast(trim({{ text }}) as timestamp with time zone)
    end
{%- endmacro %}

{#- An ISO 8601 text or milliseconds since 1970 as an instant: CRM portals write both. -#}
{% macro portal_instant_of(text) -%}
    {{ return(adapter.dispatch('portal_instant_of', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__portal_instant_of(text) -%}
    case
        when regexp_matches(trim({{ text }}), '^[0-9]{12,13}$')
            then make_timestamptz(cast(trim({{ text }}) as bigint) * 1000)
        when regexp_matches(trim({{ text }}), '^[0-9]{4}-[0-9]{2}-[0-9]{2}')
            then try_cast(trim({{ text }}) as timestamp with time zone)
    end
{%- endmacro %}

{#- An ISO 8601 date, or the date part of an instant as it is written. -#}
{% macro date_of(text) -%}
    {{ return(adapter.dispatch('date_of', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__date_of(text) -%}
    case
        when regexp_matches(trim({{ text }}), '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?$')
            then try_cast(left(trim({{ text }}), 10) as date)
    end
{%- endmacro %}

{#- A JSON array of texts, or texts between semicolons, as a list without blanks. -#}
{% macro text_list(text) -%}
    {{ return(adapter.dispatch('text_list', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__text_list(text) -%}
    list_filter(
        case
            when nullif(trim({{ text }}), '') is null then null
            when left(trim({{ text }}), 1) = '[' and json_valid({{ text }})
                then from_json({{ text }}, '["VARCHAR"]')
            when left(trim({{ text }}), 1) = '{' then null
            else list_transform(string_split({{ text }}, ';'), lambda word: trim(word))
        end,
        lambda word: word is not null and word != ''
    )
{%- endmacro %}

{#- List of the elements that are there. -#}
{% macro list_of_present(elements) -%}
    {{ return(adapter.dispatch('list_of_present', 'matchback')(elements)) }}
{%- endmacro %}

{% macro default__list_of_present(elements) -%}
    list_filter(
        [
            {{ elements | join(',\n            ') }}
        ],
        lambda element: element is not null
    )
{%- endmacro %}
