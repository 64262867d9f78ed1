with titan_invoices as (

    select * from {{ ref('stg_servicetitan__invoices') }}

),

roots as (

    select
        account,
        invoice_id,
        root_invoice_id
    from {{ ref('int_canonical__invoices_rooted') }}

),

adjustments as (

    select
        titan_invoices.account,
        roots.root_invoice_id as invoice_id,
        sum(titan_invoices.subtotal_cents) as subtotal_cents,
        sum(titan_invoices.tax_cents) as tax_cents,
        sum(titan_invoices.total_cents) as total_cents,
        sum(titan_invoices.balance_cents) as balance_cents,
        max(titan_invoices.known_at) as known_at
    from titan_invoices
    inner join roots
        on titan_invoices.account = roots.account
        and titan_invoices.invoice_id = roots.invoice_id
    where
        roots.root_invoice_id != titan_invoices.invoice_id
        and not titan_invoices.is_deleted
        and coalesce(titan_invoices.is_active, true)
    group by
        titan_invoices.account,
        roots.root_invoice_id

),

-- Inactive is the vendor's word for void: the row stays, so that what was credited can be taken back.
servicetitan as (

    select
        titan_invoices.source,
        titan_invoices.account,
        titan_invoices.invoice_id,
        titan_invoices.invoice_number,
        titan_invoices.job_id,
        titan_invoices.job_number,
        titan_invoices.customer_id,
        case
            when coalesce(titan_invoices.is_active, true) = false or titan_invoices.is_deleted then 'void'
            when {{ normalised_word('titan_invoices.sync_status') }} = 'draft' then 'draft'
            when titan_invoices.total_cents + coalesce(adjustments.total_cents, 0) != 0
                and titan_invoices.balance_cents + coalesce(adjustments.balance_cents, 0) <= 0 then 'paid'
            else 'open'
        end as status,
        titan_invoices.sync_status as vendor_status,
        titan_invoices.subtotal_cents + coalesce(adjustments.subtotal_cents, 0) as subtotal_cents,
        titan_invoices.tax_cents + coalesce(adjustments.tax_cents, 0) as tax_cents,
        titan_invoices.total_cents + coalesce(adjustments.total_cents, 0) as total_cents,
        titan_invoices.issued_on,
        titan_invoices.due_on,
        titan_invoices.created_at,
        false as is_deleted,
        cast(null as timestamp with time zone) as deleted_at,
        titan_invoices.updated_at,
        titan_invoices.first_known_at,
        greatest(titan_invoices.known_at, adjustments.known_at) as known_at
    from titan_invoices
    inner join roots
        on titan_invoices.account = roots.account
        and titan_invoices.invoice_id = roots.invoice_id
    left join adjustments
        on titan_invoices.account = adjustments.account
        and titan_invoices.invoice_id = adjustments.invoice_id
    where roots.root_invoice_id = titan_invoices.invoice_id

),

books_customers as (

    select
        account,
        customer_id,
        case when is_job or is_project then parent_id end as parent_id,
        case when is_job or is_project then coalesce(display_name, full_name) end as project_name,
        coalesce(tax_identifier, resale_number) as tax_id
    from {{ ref('stg_quickbooks__customers') }}

),

books_fields as (

    select
        account,
        invoice_id,
        unnest(custom_fields) as custom_field
    from {{ ref('stg_quickbooks__invoices') }}

),

books_job_fields as (

    select
        account,
        invoice_id,
        min(nullif(trim(custom_field.StringValue), '')) as job_number
    from books_fields
    where regexp_matches({{ normalised_word('custom_field.Name') }}, '^(job|work order|wo)( |$)')
    group by
        account,
        invoice_id

),

-- How the books name a job, the best way first: project, sub-customer, custom field, memo.
quickbooks as (

    select
        invoices.source,
        invoices.account,
        invoices.invoice_id,
        invoices.document_number as invoice_number,
        coalesce(
            {{ job_number_in('projects.project_name') }},
            {{ job_number_in('books_customers.project_name') }},
            books_job_fields.job_number,
            {{ job_number_in('invoices.private_note') }},
            {{ job_number_in('invoices.customer_memo') }}
        ) as job_number,
        coalesce(books_customers.parent_id, invoices.customer_id) as customer_id,
        case
            when invoices.is_deleted or invoices.stub_status = 'Deleted' then 'void'
            when invoices.total_cents = 0 and regexp_matches({{ normalised_word('invoices.private_note') }}, '(^| )void(ed)?( |$)')
                then 'void'
            when invoices.total_cents > 0 and invoices.balance_cents = 0 then 'paid'
            else 'open'
        end as status,
        coalesce(books_customers.tax_id, parents.tax_id) as tax_id,
        invoices.total_cents - coalesce(invoices.tax_cents, 0) as subtotal_cents,
        coalesce(invoices.tax_cents, 0) as tax_cents,
        invoices.total_cents,
        invoices.currency_code,
        invoices.issued_on,
        invoices.due_on,
        invoices.created_at,
        invoices.is_deleted or coalesce(invoices.stub_status = 'Deleted', false) as is_deleted,
        case when invoices.is_deleted then coalesce(invoices.updated_at, invoices.known_at) end as deleted_at,
        invoices.updated_at,
        invoices.first_known_at,
        invoices.known_at
    from {{ ref('stg_quickbooks__invoices') }} as invoices
    left join books_customers
        on invoices.account = books_customers.account
        and invoices.customer_id = books_customers.customer_id
    left join books_customers as parents
        on books_customers.account = parents.account
        and books_customers.parent_id = parents.customer_id
    left join books_customers as projects
        on invoices.account = projects.account
        and invoices.project_id = projects.customer_id
    left join books_job_fields
        on invoices.account = books_job_fields.account
        and invoices.invoice_id = books_job_fields.invoice_id

),

{{ canonical_union('invoices', vendors=['servicetitan', 'quickbooks']) }}
