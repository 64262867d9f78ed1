{#- Four columns (address_line_1, address_line_2, city, state, postal_code) of a QuickBooks address in either
    of its shapes: fields of their own, or free lines whose last holds "City, ST 12345". -#}
{% macro quickbooks_address(relation, prefix) -%}
    {%- set lines = [] -%}
    {%- for number in range(1, 6) -%}{%- do lines.append(relation ~ '.' ~ prefix ~ '_line_' ~ number) -%}{%- endfor -%}
    {%- set place = "'^(.*?)[, ]+([A-Za-z]{2})[. ]+([0-9]{5}(-[0-9]{4})?)$'" -%}
    {%- set columns = [
        ('address_line_1', 'line'), ('address_line_2', 'second'), ('city', 1), ('state', 2), ('postal_code', 3),
    ] -%}
    {%- for name, part in columns %}
    case
        when {{ relation }}.{{ prefix }}_city is not null or {{ relation }}.{{ prefix }}_postal_code is not null
            then {{ relation }}.{{ prefix }}_{{ {'address_line_1': 'line_1', 'address_line_2': 'line_2'}.get(name, name) }}
        {%- for number in range(5, 0, -1) %}
        when regexp_matches({{ lines[number - 1] }}, {{ place }})
            then {% if part == 'line' -%} {{ lines[number - 2] if number > 1 else 'null' }}
                {%- elif part == 'second' -%} null
                {%- else -%} trim(regexp_extract({{ lines[number - 1] }}, {{ place }}, {{ part }}))
                {%- endif %}
        {%- endfor %}
        {%- if part == 'line' %}
        else {{ lines[0] }}
        {%- elif part == 'second' %}
        else {{ lines[1] }}
        {%- endif %}
    end as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
