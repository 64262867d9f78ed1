with invoices as (

    select
        invoice_key,
        source,
        account,
        location_key,
        invoice_id,
        invoice_number,
        system_kind,
        customer_key,
        status,
        total_cents,
        has_job_reference,
        has_tax_id,
        is_void,
        issued_on,
        known_at
    from {{ ref('int_money__invoices_keyed') }}

),

invoice_jobs as (

    select
        invoice_key,
        job_key,
        job_link_method
    from {{ ref('int_money__invoice_jobs_linked') }}

),

links as (

    select
        invoice_key,
        counted_in_invoice_key,
        link_method
    from {{ ref('int_money__invoices_linked') }}

),

sums as (

    select
        invoice_key,
        net_cents,
        collected_cents,
        written_off_cents
    from {{ ref('int_money__invoices_summed') }}

),

jobs as (

    select
        job_key,
        location_key
    from {{ ref('int_jobs__keyed') }}

),

invoices_completed as (

    select
        invoices.invoice_key,
        invoices.source,
        invoices.account,
        coalesce(jobs.location_key, invoices.location_key) as location_key,
        invoices.invoice_id,
        invoices.invoice_number,
        links.counted_in_invoice_key,
        links.link_method as counted_link_method,
        invoice_jobs.job_key,
        invoices.customer_key,
        invoices.system_kind,
        case when invoices.is_void then 'void' else invoices.status end as status,
        invoice_jobs.job_link_method,
        {{ amount('invoices.total_cents') }} as total_amount,
        {{ amount('sums.net_cents') }} as net_revenue_amount,
        {{ amount('sums.collected_cents') }} as collected_amount,
        {{ amount('sums.written_off_cents') }} as written_off_amount,
        invoices.has_job_reference,
        invoices.has_tax_id,
        links.counted_in_invoice_key is null as is_counted,
        invoices.issued_on,
        invoices.known_at,
        {{ local_date('invoices.known_at') }} as known_on
    from invoices
    inner join invoice_jobs
        on invoices.invoice_key = invoice_jobs.invoice_key
    inner join sums
        on invoices.invoice_key = sums.invoice_key
    left join links
        on invoices.invoice_key = links.invoice_key
    left join jobs
        on invoice_jobs.job_key = jobs.job_key

)

select * from invoices_completed
