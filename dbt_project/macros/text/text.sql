{#- A code as people type it, without case, blanks and punctuation; empty is null. -#}
{% macro normalised_code(text) -%}
    {{ return(adapter.dispatch('normalised_code', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__normalised_code(text) -%}
    nullif(upper(regexp_replace({{ text }}, '[^A-Za-z0-9]', '', 'g')), '')
{%- endmacro %}

{#- A vendor's word as seeds spell it: lower case, one blank between words, punctuation gone. -#}
{% macro normalised_word(text) -%}
    {{ return(adapter.dispatch('normalised_word', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__normalised_word(text) -%}
    nullif(trim(regexp_replace(lower({{ text }}), '[^a-z0-9]+', ' ', 'g')), '')
{%- endmacro %}

{#- Text of an HTML fragment: tags out, the usual entities read, blanks collapsed. -#}
{% macro plain_text(html) -%}
    {{ return(adapter.dispatch('plain_text', 'matchback')(html)) }}
{%- endmacro %}

{% macro default__plain_text(html) -%}
    nullif(trim(regexp_replace(
        replace(replace(replace(replace(replace(
            regexp_replace({{ html }}, '<[^>]*>', ' ', 'g'),
        '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&#39;', ''''), '&amp;', '&'),
    '\s+', ' ', 'g')), '')
{%- endmacro %}

{#- Five digits of a postal code, padded; null when it holds no such number. -#}
{% macro postal_code_5(text) -%}
    {{ return(adapter.dispatch('postal_code_5', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__postal_code_5(text) -%}
    case
        when regexp_matches(trim({{ text }}), '^[0-9]{9}$') then left(trim({{ text }}), 5)
        when regexp_matches(trim({{ text }}), '^[0-9]{3,5}(-[0-9]{4})?$')
            then lpad(split_part(trim({{ text }}), '-', 1), 5, '0')
        else nullif(trim({{ text }}), '')
    end
{%- endmacro %}

{#- The four digits after a postal code, where they are there. -#}
{% macro postal_code_4(text) -%}
    {{ return(adapter.dispatch('postal_code_4', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__postal_code_4(text) -%}
    case
        when regexp_matches(trim({{ text }}), '^[0-9]{3,5}-[0-9]{4}$|^[0-9]{9}$')
            then right(trim({{ text }}), 4)
    end
{%- endmacro %}

{#- Ten digits of a phone number of the North American plan, else its digits. -#}
{% macro phone_digits(text) -%}
    {{ return(adapter.dispatch('phone_digits', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__phone_digits(text) -%}
    nullif(regexp_replace(regexp_replace({{ text }}, '[^0-9]', '', 'g'), '^1([0-9]{10})$', '\1'), '')
{%- endmacro %}

{#- A business's name without its legal form: "Acme Roofing LLC" and "ACME ROOFING" are one. -#}
{% macro business_words(text) -%}
    {{ return(adapter.dispatch('business_words', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__business_words(text) -%}
    nullif(trim(regexp_replace(
        {{ normalised_word(text) }},
        '( (llc|l l c|pllc|p l l c|inc|incorporated|co|corp|corporation|ltd|lp|llp))+$',
        ''
    )), '')
{%- endmacro %}
