{#- The job number a free text names ("Job #1042", "WO 1042-2"); null where it names none. -#}
{% macro job_number_in(text) -%}
    {{ return(adapter.dispatch('job_number_in', 'matchback')(text)) }}
{%- endmacro %}

{% macro default__job_number_in(text) -%}
    nullif(regexp_extract(
        {{ text }}, '(?:^|[^a-z])(?:job|work order|wo)\s*(?:number|no|nr)?[.:#\s-]*([a-z]{0,3}-?[0-9][a-z0-9-]*)', 1, 'i'
    ), '')
{%- endmacro %}
