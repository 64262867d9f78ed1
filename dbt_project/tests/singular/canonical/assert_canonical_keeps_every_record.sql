{{ config(meta={'dagster': {'ref': {'name': 'int_canonical__jobs_unioned'}}}) }}
-- Each union has one row for every key its systems know, imports of a connector's record counted once. Rows
-- without a rate for their currency are the only ones left out.
with expected as (

    select
        'jobs' as table_name,
        source,
        account,
        job_id as record_id
    from {{ ref('stg_servicetitan__jobs') }}
    union
    select
        'jobs' as table_name,
        source,
        account,
        job_id as record_id
    from {{ ref('stg_import__jobs') }}
    where coalesce(currency_code, {{ run_setting('currency_code') }}) = {{ run_setting('currency_code') }}
    union
    select
        'invoices' as table_name,
        invoices.source,
        invoices.account,
        roots.root_invoice_id as record_id
    from {{ ref('stg_servicetitan__invoices') }} as invoices
    inner join {{ ref('int_canonical__invoices_rooted') }} as roots
        on invoices.account = roots.account
        and invoices.invoice_id = roots.invoice_id
    union
    select
        'invoices' as table_name,
        source,
        account,
        invoice_id as record_id
    from {{ ref('stg_quickbooks__invoices') }}
    where coalesce(currency_code, {{ run_setting('currency_code') }}) = {{ run_setting('currency_code') }}
    union
    select
        'invoices' as table_name,
        source,
        account,
        invoice_id as record_id
    from {{ ref('stg_import__invoices') }}
    where coalesce(currency_code, {{ run_setting('currency_code') }}) = {{ run_setting('currency_code') }}

),

found as (

    select
        'jobs' as table_name,
        source,
        account,
        job_id as record_id
    from {{ ref('int_canonical__jobs_unioned') }}
    where currency_code = {{ run_setting('currency_code') }}
    union all
    select
        'invoices' as table_name,
        source,
        account,
        invoice_id as record_id
    from {{ ref('int_canonical__invoices_unioned') }}
    where currency_code = {{ run_setting('currency_code') }}

)

select
    coalesce(expected.table_name, found.table_name) as table_name,
    coalesce(expected.record_id, found.record_id) as record_id
from expected
full outer join found
    on expected.table_name = found.table_name
    and expected.source = found.source
    and expected.account = found.account
    and expected.record_id = found.record_id
where
    expected.record_id is null
    or found.record_id is null
