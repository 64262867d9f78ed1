with roots as (

    select
        account,
        invoice_id,
        root_invoice_id
    from {{ ref('int_canonical__invoices_rooted') }}

),

titan_payments as (

    select * from {{ ref('stg_servicetitan__payments') }}
    where
        refunded_payment_id is null
        and coalesce(total_cents, 0) >= 0
        and coalesce({{ normalised_word('payment_type') }}, '') not like 'refund%'

),

titan_applied as (

    select
        applications.account,
        applications.payment_id,
        coalesce(roots.root_invoice_id, applications.applied_to_id) as invoice_id,
        sum(applications.applied_cents) as amount_cents
    from {{ ref('stg_servicetitan__payment_applications') }} as applications
    left join roots
        on applications.account = roots.account
        and applications.applied_to_id = roots.invoice_id
    where applications.applied_to_id is not null
    group by
        applications.account,
        applications.payment_id,
        coalesce(roots.root_invoice_id, applications.applied_to_id)

),

servicetitan_applied as (

    select
        titan_payments.source,
        titan_payments.account,
        titan_payments.payment_id,
        titan_applied.invoice_id,
        titan_applied.amount_cents,
        coalesce(titan_payments.paid_at, titan_payments.created_at) as paid_at,
        {{ version_columns('titan_payments', 'coalesce(titan_payments.is_active, true) = false') }}
    from titan_payments
    inner join titan_applied
        on titan_payments.account = titan_applied.account
        and titan_payments.payment_id = titan_applied.payment_id

),

titan_sums as (

    select
        account,
        payment_id,
        sum(amount_cents) as applied_cents
    from titan_applied
    group by
        account,
        payment_id

),

servicetitan_unapplied as (

    select
        titan_payments.source,
        titan_payments.account,
        titan_payments.payment_id,
        cast(null as varchar) as invoice_id,
        titan_payments.total_cents - coalesce(titan_sums.applied_cents, 0) as amount_cents,
        coalesce(titan_payments.paid_at, titan_payments.created_at) as paid_at,
        {{ version_columns('titan_payments', 'coalesce(titan_payments.is_active, true) = false') }}
    from titan_payments
    left join titan_sums
        on titan_payments.account = titan_sums.account
        and titan_payments.payment_id = titan_sums.payment_id
    where titan_payments.total_cents > coalesce(titan_sums.applied_cents, 0)

),

books_payments as (

    select * from {{ ref('stg_quickbooks__payments') }}

),

books_applied as (

    select
        account,
        payment_id,
        invoice_id,
        sum(paid_cents) as amount_cents
    from {{ ref('int_canonical__quickbooks_applications_split') }}
    group by
        account,
        payment_id,
        invoice_id
    having sum(paid_cents) > 0

),

quickbooks_applied as (

    select
        books_payments.source,
        books_payments.account,
        books_payments.payment_id,
        books_applied.invoice_id,
        books_applied.amount_cents,
        books_payments.currency_code,
        {{ local_midnight('books_payments.paid_on') }} as paid_at,
        ['paid_at'] as date_only_columns,
        {{ version_columns('books_payments', "coalesce(books_payments.stub_status = 'Deleted', false)") }}
    from books_payments
    inner join books_applied
        on books_payments.account = books_applied.account
        and books_payments.payment_id = books_applied.payment_id

),

quickbooks_unapplied as (

    select
        books_payments.source,
        books_payments.account,
        books_payments.payment_id,
        cast(null as varchar) as invoice_id,
        books_payments.unapplied_cents as amount_cents,
        books_payments.currency_code,
        {{ local_midnight('books_payments.paid_on') }} as paid_at,
        ['paid_at'] as date_only_columns,
        {{ version_columns('books_payments', "coalesce(books_payments.stub_status = 'Deleted', false)") }}
    from books_payments
    where books_payments.unapplied_cents > 0

),

{{ canonical_union('payments', vendors=['servicetitan_applied', 'servicetitan_unapplied', 'quickbooks_applied', 'quickbooks_unapplied']) }}
