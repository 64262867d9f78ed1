with

servicetitan_invoices as (

    select
        source,
        account,
        invoice_id,
        invoice_configuration
    from {{ ref('stg_servicetitan__invoices') }}
    where invoice_configuration is not null

),

final as (

    select
        source,
        account,
        invoice_id
    from servicetitan_invoices
    where invoice_configuration not in ('JobInvoice', 'ProjectInvoice')

)

select * from final
