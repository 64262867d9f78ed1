with invoices as (

    select
        invoice_key,
        job_key,
        job_link_method
    from {{ ref('int_money__invoices_keyed') }}

),

links as (

    select
        invoice_key,
        counted_in_invoice_key
    from {{ ref('int_money__invoices_linked') }}

),

twin_jobs as (

    select
        links.counted_in_invoice_key as invoice_key,
        min(invoices.job_key) as job_key
    from links
    inner join invoices
        on links.invoice_key = invoices.invoice_key
    where invoices.job_key is not null
    group by links.counted_in_invoice_key

),

-- A sale whose counted invoice forgot its job takes it from the invoice of the same sale elsewhere.
invoice_jobs as (

    select
        invoices.invoice_key,
        coalesce(invoices.job_key, counted.job_key, twin_jobs.job_key) as job_key,
        case
            when invoices.job_key is not null then invoices.job_link_method
            when coalesce(counted.job_key, twin_jobs.job_key) is not null then 'linked_invoice'
        end as job_link_method
    from invoices
    left join links
        on invoices.invoice_key = links.invoice_key
    left join invoices as counted
        on links.counted_in_invoice_key = counted.invoice_key
    left join twin_jobs
        on invoices.invoice_key = twin_jobs.invoice_key

)

select * from invoice_jobs
