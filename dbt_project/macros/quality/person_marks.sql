{#- Marks by which the same person or place is found in two systems, although it was typed twice. -#}

{#- The words of a name in alphabetical order: "Rossen, Nadia" and "Nadia Rossen" are equal. -#}
{% macro sorted_words(words) -%}
    {{ return(adapter.dispatch('sorted_words', 'matchback')(words)) }}
{%- endmacro %}

{% macro default__sorted_words(words) -%}
    nullif(array_to_string(list_sort(string_split({{ words }}, ' ')), ' '), '')
{%- endmacro %}

{#- House number, first word of the street and postal code; "9 Bull Creek Rd" and "9 Bull Crk" are equal. -#}
{% macro street_mark(street_words, postal_code) -%}
    regexp_extract({{ street_words }}, '^[0-9]+ [a-z0-9]+') || ' ' || {{ postal_code }}
{%- endmacro %}

{#- The ten digits of a phone without extension. -#}
{% macro phone_mark(phone) -%}
    nullif(left(
        {{ phone_digits("regexp_replace(" ~ phone ~ ", '(x|ext).*$', '', 'i')") }}, 10
    ), '')
{%- endmacro %}

{#- Number of the house a street line begins with. -#}
{% macro house_number(street_words) -%}
    nullif(regexp_extract({{ street_words }}, '^[0-9]+'), '')
{%- endmacro %}

{#- Number of the flat at the end of a street line with its second line; empty where there is none. -#}
{% macro unit_number(whole_words) -%}
    coalesce(regexp_extract({{ whole_words }}, '^[0-9]+ .*\b([0-9]+[a-z]?)$', 1), '')
{%- endmacro %}
