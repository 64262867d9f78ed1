{{ config(meta={'dagster': {'ref': {'name': 'stg_servicetitan__jobs'}}}) }}
-- Every record landed by the build is one row of its staging model: none lost, none doubled.
{% set pairs = [
    ('servicetitan', 'customers'), ('servicetitan', 'jobs'), ('servicetitan', 'invoices'),
    ('servicetitan', 'payments'), ('hubspot', 'contacts'), ('hubspot', 'deals'), ('quickbooks', 'invoices'),
    ('quickbooks', 'payments'), ('pcm', 'recipients'), ('import', 'jobs'), ('import', 'invoices'),
    ('import', 'mail_pieces'),
] %}

with landed as (
{% for vendor, table in pairs %}
    select
        '{{ vendor }}.{{ table }}' as table_name,
        count(distinct concat(account, '|', record_id)) as record_count
    from {{ source('raw_' ~ vendor, table) }}
    where _loaded_at <= {{ as_of() }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
),

staged as (
{% for vendor, table in pairs %}
    select
        '{{ vendor }}.{{ table }}' as table_name,
        count(*) as record_count
    from {{ ref('stg_' ~ vendor ~ '__' ~ table) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
)

select
    landed.table_name,
    landed.record_count as landed_count,
    staged.record_count as staged_count
from landed
inner join staged
    on landed.table_name = staged.table_name
where landed.record_count != staged.record_count
