{#- Every value that is not null is one of the words. -#}
{% test is_one_of(model, column_name, words) %}

    select {{ column_name }}
    from {{ model }}
    where {{ column_name }} not in (
        {%- for word in words %}'{{ word }}'{% if not loop.last %}, {% endif %}{% endfor -%}
    )

{% endtest %}
