{#- A condition that every row fulfils; an unknown (null) condition passes. -#}
{% test holds(model, condition) %}

    select *
    from {{ model }}
    where not ({{ condition }})

{% endtest %}
