{{ config(meta={'dagster': {'ref': {'name': 'stg_servicetitan__invoices'}}}) }}
-- The money of the latest versions, read from the payloads by another way, equals staging to the cent; amounts that
-- are rejects are left out of both.
{% set fields = [
    ('servicetitan', 'invoices', '$.total', 'total_cents'),
    ('servicetitan', 'payments', '$.total', 'total_cents'),
    ('quickbooks', 'invoices', '$.TotalAmt', 'total_cents'),
    ('quickbooks', 'payments', '$.TotalAmt', 'total_cents'),
    ('import', 'invoices', '$.total_amount', 'total_cents'),
    ('import', 'invoice_lines', '$.amount', 'amount_cents'),
    ('import', 'payments', '$.amount', 'amount_cents'),
] %}

with landed as (
{% for vendor, table, path, column in fields %}
    select
        '{{ vendor }}.{{ table }}' as table_name,
        coalesce(sum(try_cast({{ json_text('payload', path) }} as decimal(18, 2))), 0) as amount
    from (
        select
            payload,
            row_number() over (
                partition by account, record_id
                order by coalesce(modified_at, _loaded_at) desc, _loaded_at desc, _position desc
            ) as place
        from {{ source('raw_' ~ vendor, table) }}
        where _loaded_at <= {{ as_of() }}
    )
    where
        place = 1
        and abs(
            try_cast({{ json_text('payload', path) }} as decimal(30, 10))
            - try_cast({{ json_text('payload', path) }} as decimal(18, 2))
        ) <= 0.000001
    {% if not loop.last %}union all{% endif %}
{% endfor %}
),

staged as (
{% for vendor, table, path, column in fields %}
    select
        '{{ vendor }}.{{ table }}' as table_name,
        {{ amount('coalesce(sum(' ~ column ~ '), 0)') }} as amount
    from {{ ref('stg_' ~ vendor ~ '__' ~ table) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
)

select
    landed.table_name,
    landed.amount as landed_amount,
    staged.amount as staged_amount
from landed
inner join staged
    on landed.table_name = staged.table_name
where landed.amount != staged.amount
