{{ config(meta={'dagster': {'ref': {'name': 'int_canonical__invoice_lines_unioned'}}}) }}
-- Lines, payments and credits in the unions are worth what staging holds, in the reporting currency, to the cent.
-- Keys that an import and a connector share are left out: there the newer version counts.
with shared_invoices as (

    select
        imports.source,
        imports.account,
        imports.invoice_id
    from {{ ref('stg_import__invoices') }} as imports
    where imports.source in ('servicetitan', 'quickbooks')

),

expected as (

    select
        'invoice_lines' as table_name,
        sum(lines.amount_cents) as cents
    from {{ ref('stg_import__invoice_lines') }} as lines
    where coalesce(lines.currency_code, {{ run_setting('currency_code') }}) = {{ run_setting('currency_code') }}

    union all

    select
        'invoice_lines' as table_name,
        sum(items.amount_cents) as cents
    from {{ ref('stg_servicetitan__invoice_items') }} as items
    inner join {{ ref('int_canonical__invoices_rooted') }} as roots
        on items.account = roots.account
        and items.invoice_id = roots.invoice_id
    left join shared_invoices
        on shared_invoices.source = 'servicetitan'
        and items.account = shared_invoices.account
        and roots.root_invoice_id = shared_invoices.invoice_id
    where
        shared_invoices.invoice_id is null
        and (roots.root_invoice_id = items.invoice_id or (coalesce(items.is_active, true) and not items.is_deleted))

    union all

    select
        'invoice_lines' as table_name,
        sum(case when lines.detail_type = 'DiscountLineDetail' then -abs(lines.amount_cents) else lines.amount_cents end)
            as cents
    from {{ ref('stg_quickbooks__invoice_lines') }} as lines
    left join shared_invoices
        on shared_invoices.source = 'quickbooks'
        and lines.account = shared_invoices.account
        and lines.invoice_id = shared_invoices.invoice_id
    where
        shared_invoices.invoice_id is null
        and lines.detail_type in ('SalesItemLineDetail', 'DiscountLineDetail', 'GroupLineDetail')
        and coalesce(lines.currency_code, {{ run_setting('currency_code') }}) = {{ run_setting('currency_code') }}

),

found as (

    select sum(lines.amount_cents) as cents
    from {{ ref('int_canonical__invoice_lines_unioned') }} as lines
    left join shared_invoices
        on lines.source = shared_invoices.source
        and lines.account = shared_invoices.account
        and lines.invoice_id = shared_invoices.invoice_id
    left join {{ ref('stg_import__invoice_lines') }} as imports
        on lines.source = imports.source
        and lines.account = imports.account
        and lines.invoice_id = imports.invoice_id
        and lines.line_id = imports.line_id
    where
        lines.currency_code = {{ run_setting('currency_code') }}
        and (shared_invoices.invoice_id is null or imports.line_id is not null)

)

select
    coalesce(sum(expected.cents), 0) as expected_cents,
    coalesce(max(found.cents), 0) as found_cents
from expected
cross join found
having coalesce(sum(expected.cents), 0) != coalesce(max(found.cents), 0)
