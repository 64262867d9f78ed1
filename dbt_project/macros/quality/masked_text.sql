{#- Free text, or an id somebody else chose, with the whole of it masked where it holds an e-mail or a
    written-out phone number. Equal texts keep equal masks, so that counts and joins still work; a plain run
    of digits is an id far more often than a phone. The same rule as the published files' own. -#}
{% macro masked_text(text) -%}
    {{ return(adapter.dispatch('masked_text', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__masked_text(text) -%}
    case
        when regexp_matches(
            {{ text }},
            '[A-Za-z0-9._%+\-]+@[A-Za-z0-9.\-]+\.[A-Za-z]{2,}'
            || '|\+1[ .\-]?\(?\d{3}\)?[ .\-]?\d{3}[ .\-]?\d{4}'
            || '|\(\d{3}\) ?\d{3}[ .\-]\d{4}'
            || '|\b\d{3}[.\-]\d{3}[.\-]\d{4}\b'
        ) then 'masked:' || substr(md5({{ text }}), 1, 8)
        else {{ text }}
    end
{%- endmacro %}
