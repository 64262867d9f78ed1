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
    from rejects

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
