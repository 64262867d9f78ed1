{#- A normalised code with the letters that people confuse with digits folded: O is 0, I is 1. Two codes
    that fold to the same text are told apart by their exact text only. -#}
{% macro folded_code(code) -%}
    {{ return(adapter.dispatch('folded_code', 'matchback')(code)) }}
{%- endmacro %}

{% macro default__folded_code(code) -%}
    translate({{ code }}, 'OI', '01')
{%- endmacro %}

{#- The words of a text as an array, split at blanks and punctuation other than a dash. -#}
{% macro words_of(text) -%}
    {{ return(adapter.dispatch('words_of', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__words_of(text) -%}
    regexp_split_to_array({{ text }}, '[^A-Za-z0-9-]+')
{%- endmacro %}

{#- One row per element of an array column: the expression for a select list. -#}
{% macro each_element(array) -%}
    {{ return(adapter.dispatch('each_element', 'matchback')(array)) }}
{%- endmacro %}

{% macro default__each_element(array) -%}
    unnest({{ array }})
{%- endmacro %}

{#- Channel that the marks of a web visit stand for, by the words marketers use; null when they say nothing. -#}
{% macro channel_of_marks(gclid, utm_medium, utm_source) -%}
    case
        when {{ gclid }} is not null then 'paid_search'
        when lower({{ utm_medium }}) in ('cpc', 'ppc', 'paidsearch', 'paid_search', 'sem') then 'paid_search'
        when lower({{ utm_medium }}) in ('paid_social', 'paidsocial', 'social', 'cpm') then 'paid_social'
        when lower({{ utm_medium }}) in ('organic', 'seo') then 'organic'
        when lower({{ utm_medium }}) in ('referral', 'affiliate') then 'referral'
        when lower({{ utm_medium }}) in ('email', 'e-mail', 'newsletter') then 'email'
        when lower({{ utm_medium }}) in ('mail', 'direct_mail', 'directmail', 'direct mail', 'postcard', 'print', 'qr')
            then 'direct_mail'
        when lower({{ utm_source }}) in ('google', 'bing') and {{ utm_medium }} is null then 'organic'
    end
{%- endmacro %}
