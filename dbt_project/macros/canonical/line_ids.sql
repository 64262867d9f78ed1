{#- Id of a line within its invoice: the vendor's, its place where it has none, both where the vendor gave one id
    to two lines of an invoice. -#}
{% macro line_id_of(relation, id_column, prefix) -%}
    case
        when {{ relation }}.{{ id_column }} is null then concat('{{ prefix }}', {{ relation }}.position)
        when row_number() over (
            partition by {{ relation }}.account, {{ relation }}.record_id, {{ relation }}.{{ id_column }}
            order by {{ relation }}.position
        ) = 1
            then {{ relation }}.{{ id_column }}
        else concat({{ relation }}.{{ id_column }}, '#', {{ relation }}.position)
    end
{%- endmacro %}
