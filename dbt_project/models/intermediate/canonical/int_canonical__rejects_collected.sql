with staged as (
{% for vendor in ['servicetitan', 'hubspot', 'quickbooks', 'pcm', 'import'] %}
    select
        source,
        account,
        table_name,
        record_id,
        column_name,
        reason,
        known_at
    from {{ ref('stg_' ~ vendor ~ '__rejects') }}
    {% if not loop.last %}
    union all
    {% endif %}
{%- endfor %}

),

{{ unconvertible_rows() }}

at_the_door as (

    select
        run_id,
        source,
        account,
        table_name,
        location,
        column_name,
        reason,
        record_text,
        rejected_at
    from {{ ref('stg_matchback__rejects') }}
    where rejected_at <= {{ as_of() }}

),

collected as (

    select
        run_id,
        source,
        account,
        table_name,
        location,
        column_name,
        reason,
        record_text,
        rejected_at
    from at_the_door

    union all

    select
        cast(null as varchar) as run_id,
        source,
        account,
        table_name,
        record_id as location,
        column_name,
        reason,
        cast(null as varchar) as record_text,
        known_at as rejected_at
    from staged

    union all

    select
        cast(null as varchar) as run_id,
        source,
        account,
        table_name,
        record_id as location,
        'currency' as column_name,
        concat('is in ', currency_code, ' and settings give no rate for its date') as reason,
        cast(null as varchar) as record_text,
        known_at as rejected_at
    from unconvertible

)

select * from collected
