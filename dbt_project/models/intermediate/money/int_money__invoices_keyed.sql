with invoices as (

    select
        source,
        account,
        invoice_id,
        invoice_number,
        job_source,
        job_account,
        job_id,
        job_number,
        customer_source,
        customer_account,
        customer_id,
        status,
        system_kind,
        tax_id,
        subtotal_cents,
        tax_cents,
        total_cents,
        is_deleted,
        issued_on,
        first_known_at,
        known_at
    from {{ ref('int_canonical__invoices_unioned') }}

),

customers as (

    select
        source,
        account,
        customer_id,
        customer_key,
        household_key
    from {{ ref('int_matching__customers_resolved') }}

),

job_references as (

    select
        source,
        account,
        job_id,
        job_number,
        job_key,
        method
    from {{ ref('int_jobs__references_resolved') }}

),

locations as (

    select
        source,
        account,
        location_key
    from {{ ref('int_operations__divisions_located') }}
    where division is null

),

run_context as (

    select counted_invoice_source
    from {{ ref('stg_matchback__run_context') }}

),

invoices_keyed as (

    select
        {{ surrogate_key(['invoices.source', 'invoices.account', 'invoices.invoice_id']) }} as invoice_key,
        invoices.source,
        invoices.account,
        invoices.invoice_id,
        invoices.invoice_number,
        {{ normalised_code('invoices.invoice_number') }} as number_code,
        invoices.system_kind,
        job_references.job_key,
        job_references.method as job_link_method,
        customers.customer_key,
        customers.household_key,
        coalesce(locations.location_key, 'main') as location_key,
        invoices.status,
        case
            when invoices.system_kind = run_context.counted_invoice_source then 1
            when invoices.system_kind in ('dispatch', 'books') then 2
            else 3
        end as preference,
        invoices.subtotal_cents,
        invoices.tax_cents,
        invoices.total_cents,
        invoices.job_id is not null or invoices.job_number is not null as has_job_reference,
        invoices.tax_id is not null as has_tax_id,
        coalesce(invoices.is_deleted, false) or coalesce(invoices.status = 'void', false) as is_void,
        invoices.issued_on,
        invoices.first_known_at,
        invoices.known_at
    from invoices
    cross join run_context
    left join customers
        on invoices.customer_source = customers.source
        and invoices.customer_account = customers.account
        and invoices.customer_id = customers.customer_id
    left join job_references
        on invoices.job_source = job_references.source
        and invoices.job_account = job_references.account
        and coalesce(invoices.job_id, '') = job_references.job_id
        and coalesce(invoices.job_number, '') = job_references.job_number
    left join locations
        on invoices.source = locations.source
        and invoices.account = locations.account

)

select * from invoices_keyed
