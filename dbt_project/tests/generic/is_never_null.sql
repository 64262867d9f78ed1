{#- None of the columns is ever null: one query for all of them. -#}
{% test is_never_null(model, columns) %}

    select
        {{ columns | join(',\n        ') }}
    from {{ model }}
    where
        {{ columns | join(' is null\n        or ') }} is null

{% endtest %}
