with

rejects as (

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

-- A value that does not fit its type is refused in staging: the record stands, the column is null.
staged_rejects as (

    {% for source in ['hubspot', 'servicetitan', 'quickbooks', 'pcm', 'import'] -%}
    select
        source,
        account,
        table_name,
        record_id,
        column_name,
        reason,
        known_at
    from {{ ref('stg_' ~ source ~ '__rejects') }}
    union all
    {% endfor -%}
    -- An amount in a currency without a rate: the record stands in staging and in no union.
    select
        source,
        account,
        table_name,
        record_id,
        column_name,
        reason,
        known_at
    from {{ ref('int_canonical__currency_rejects_found') }}

),

all_rejects as (

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
    from rejects
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
    from staged_rejects

),

rejects_numbered as (

    select
        run_id,
        source,
        account,
        table_name,
        location,
        column_name,
        reason,
        rejected_at,
        row_number() over (
            partition by run_id, source, account, table_name, location, column_name, reason
            order by rejected_at asc, record_text asc
        ) as occurrence
    from all_rejects

),

final as (

    select
        {{ surrogate_key([
            'run_id', 'source', 'account', 'table_name', 'location', 'column_name', 'reason', 'occurrence'
        ]) }} as reject_key,
        run_id,
        source,
        account,
        table_name,
        {{ masked_text('location') }} as location,
        column_name,
        {{ masked_text('reason') }} as reason,
        {{ local_date('rejected_at') }} as rejected_on,
        rejected_at
    from rejects_numbered

)

select * from final
