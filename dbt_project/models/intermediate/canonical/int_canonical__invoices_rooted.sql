with invoices as (

    select
        account,
        invoice_id,
        adjustment_to_id
    from {{ ref('stg_servicetitan__invoices') }}

),

-- An adjustment belongs to the invoice it adjusts; an adjustment of an adjustment to the first of the three.
rooted as (

    select
        invoices.account,
        invoices.invoice_id,
        coalesce(grandparents.invoice_id, parents.adjustment_to_id, parents.invoice_id, invoices.invoice_id)
            as root_invoice_id
    from invoices
    left join invoices as parents
        on invoices.account = parents.account
        and invoices.adjustment_to_id = parents.invoice_id
    left join invoices as grandparents
        on parents.account = grandparents.account
        and parents.adjustment_to_id = grandparents.invoice_id

)

select * from rooted
