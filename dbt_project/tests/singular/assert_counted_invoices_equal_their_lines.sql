{{ config(meta={'dagster': {'ref': {'name': 'fct_invoices'}}}) }}
-- Net revenue of a counted invoice is the sum of its lines' net amounts, to the cent.
with lines as (

    select
        invoice_key,
        sum(net_amount) as net_amount
    from {{ ref('fct_invoice_lines') }}
    group by invoice_key

),

invoices as (

    select
        invoice_key,
        net_revenue_amount
    from {{ ref('fct_invoices') }}
    where is_counted

)

select
    invoices.invoice_key,
    invoices.net_revenue_amount,
    lines.net_amount
from invoices
left join lines
    on invoices.invoice_key = lines.invoice_key
where invoices.net_revenue_amount <> coalesce(lines.net_amount, 0)
