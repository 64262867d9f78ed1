with roots as (

    select
        account,
        invoice_id,
        root_invoice_id
    from {{ ref('int_canonical__invoices_rooted') }}

),

titan_memos as (

    select * from {{ ref('stg_servicetitan__credit_memos') }}

),

titan_memo_applied as (

    select
        applications.account,
        applications.credit_memo_id,
        coalesce(roots.root_invoice_id, applications.applied_to_id) as invoice_id,
        sum(applications.applied_cents) as amount_cents
    from {{ ref('stg_servicetitan__credit_memo_applications') }} as applications
    left join roots
        on applications.account = roots.account
        and applications.applied_to_id = roots.invoice_id
    where
        applications.applied_to_id is not null
        and applications.applied_cents > 0
    group by
        applications.account,
        applications.credit_memo_id,
        coalesce(roots.root_invoice_id, applications.applied_to_id)

),

titan_memo_sums as (

    select
        account,
        credit_memo_id,
        sum(amount_cents) as applied_cents
    from titan_memo_applied
    group by
        account,
        credit_memo_id

),

titan_memo_parts as (

    select
        account,
        credit_memo_id,
        invoice_id,
        amount_cents
    from titan_memo_applied

    union all

    select
        titan_memos.account,
        titan_memos.credit_memo_id,
        cast(null as varchar) as invoice_id,
        titan_memos.total_cents - coalesce(titan_memo_sums.applied_cents, 0) as amount_cents
    from titan_memos
    left join titan_memo_sums
        on titan_memos.account = titan_memo_sums.account
        and titan_memos.credit_memo_id = titan_memo_sums.credit_memo_id
    where titan_memos.total_cents > coalesce(titan_memo_sums.applied_cents, 0)

),

-- The tax of a memo goes with its parts in proportion.
servicetitan_memos as (

    select
        titan_memos.source,
        titan_memos.account,
        titan_memos.credit_memo_id as credit_id,
        titan_memo_parts.invoice_id,
        'credit_memo' as kind,
        titan_memo_parts.amount_cents,
        case
            when titan_memos.total_cents = titan_memo_parts.amount_cents then titan_memos.tax_cents
            when titan_memos.total_cents > 0
                then {{ proportional_cents('titan_memos.tax_cents', 'titan_memo_parts.amount_cents', 'titan_memos.total_cents') }}
        end as tax_cents,
        cast(null as varchar) as refund_of_credit_id,
        coalesce(titan_memos.issued_on, {{ local_date('titan_memos.created_at') }}) as issued_on,
        {{ version_columns('titan_memos', 'coalesce(titan_memos.is_active, true) = false') }}
    from titan_memos
    inner join titan_memo_parts
        on titan_memos.account = titan_memo_parts.account
        and titan_memos.credit_memo_id = titan_memo_parts.credit_memo_id

),

titan_payments as (

    select * from {{ ref('stg_servicetitan__payments') }}

),

titan_refunds as (

    select *
    from titan_payments
    where
        refunded_payment_id is not null
        or total_cents < 0
        or {{ normalised_word('payment_type') }} like 'refund%'

),

-- What a refund is applied to: its own applications, else the invoices its payment had paid.
titan_refund_applied as (

    select
        titan_refunds.account,
        titan_refunds.payment_id,
        coalesce(roots.root_invoice_id, applications.applied_to_id) as applied_to_id,
        sum(abs(applications.applied_cents)) as amount_cents
    from titan_refunds
    inner join {{ ref('stg_servicetitan__payment_applications') }} as applications
        on titan_refunds.account = applications.account
        and titan_refunds.payment_id = applications.payment_id
    left join roots
        on applications.account = roots.account
        and applications.applied_to_id = roots.invoice_id
    where applications.applied_to_id is not null
    group by
        titan_refunds.account,
        titan_refunds.payment_id,
        coalesce(roots.root_invoice_id, applications.applied_to_id)

),

titan_refund_first_invoice as (

    select
        titan_refunds.account,
        titan_refunds.payment_id,
        arg_max(applications.applied_to_id, applications.applied_cents) as applied_to_id
    from titan_refunds
    inner join {{ ref('stg_servicetitan__payment_applications') }} as applications
        on titan_refunds.account = applications.account
        and titan_refunds.refunded_payment_id = applications.payment_id
    group by
        titan_refunds.account,
        titan_refunds.payment_id

),

titan_refund_parts as (

    select
        account,
        payment_id,
        applied_to_id,
        amount_cents
    from titan_refund_applied

    union all

    select
        titan_refunds.account,
        titan_refunds.payment_id,
        titan_refund_first_invoice.applied_to_id,
        abs(titan_refunds.total_cents) as amount_cents
    from titan_refunds
    left join titan_refund_first_invoice
        on titan_refunds.account = titan_refund_first_invoice.account
        and titan_refunds.payment_id = titan_refund_first_invoice.payment_id
    left join titan_refund_applied
        on titan_refunds.account = titan_refund_applied.account
        and titan_refunds.payment_id = titan_refund_applied.payment_id
    where titan_refund_applied.payment_id is null

),

servicetitan_refunds as (

    select
        titan_refunds.source,
        titan_refunds.account,
        concat('refund-', titan_refunds.payment_id) as credit_id,
        case
            when titan_memos.credit_memo_id is null then coalesce(roots.root_invoice_id, titan_refund_parts.applied_to_id)
        end as invoice_id,
        'refund' as kind,
        titan_refund_parts.amount_cents,
        cast(null as bigint) as tax_cents,
        titan_memos.credit_memo_id as refund_of_credit_id,
        {{ local_date('coalesce(titan_refunds.paid_at, titan_refunds.created_at)') }} as issued_on,
        {{ version_columns('titan_refunds', 'coalesce(titan_refunds.is_active, true) = false') }}
    from titan_refunds
    inner join titan_refund_parts
        on titan_refunds.account = titan_refund_parts.account
        and titan_refunds.payment_id = titan_refund_parts.payment_id
    left join roots
        on titan_refund_parts.account = roots.account
        and titan_refund_parts.applied_to_id = roots.invoice_id
    left join titan_memos
        on titan_refund_parts.account = titan_memos.account
        and titan_refund_parts.applied_to_id = titan_memos.credit_memo_id

),

books_memos as (

    select * from {{ ref('stg_quickbooks__credit_memos') }}

),

books_memo_applied as (

    select
        account,
        credit_memo_id,
        invoice_id,
        sum(credited_cents) as amount_cents
    from {{ ref('int_canonical__quickbooks_applications_split') }}
    where credit_memo_id is not null
    group by
        account,
        credit_memo_id,
        invoice_id

),

books_memo_links as (

    select
        account,
        credit_memo_id,
        unnest(linked_transactions) as linked
    from books_memos

),

books_memo_linked as (

    select
        account,
        credit_memo_id,
        min(linked.TxnId) as invoice_id
    from books_memo_links
    where linked.TxnType = 'Invoice'
    group by
        account,
        credit_memo_id

),

books_memo_sums as (

    select
        account,
        credit_memo_id,
        sum(amount_cents) as applied_cents
    from books_memo_applied
    group by
        account,
        credit_memo_id

),

books_memo_parts as (

    select
        account,
        credit_memo_id,
        invoice_id,
        amount_cents
    from books_memo_applied

    union all

    select
        books_memos.account,
        books_memos.credit_memo_id,
        case when books_memo_sums.credit_memo_id is null then books_memo_linked.invoice_id end as invoice_id,
        books_memos.total_cents - coalesce(books_memo_sums.applied_cents, 0) as amount_cents
    from books_memos
    left join books_memo_sums
        on books_memos.account = books_memo_sums.account
        and books_memos.credit_memo_id = books_memo_sums.credit_memo_id
    left join books_memo_linked
        on books_memos.account = books_memo_linked.account
        and books_memos.credit_memo_id = books_memo_linked.credit_memo_id
    where books_memos.total_cents > coalesce(books_memo_sums.applied_cents, 0)

),

quickbooks_memos as (

    select
        books_memos.source,
        books_memos.account,
        concat('memo-', books_memos.credit_memo_id) as credit_id,
        books_memo_parts.invoice_id,
        'credit_memo' as kind,
        books_memo_parts.amount_cents,
        case
            when books_memos.total_cents = books_memo_parts.amount_cents then coalesce(books_memos.tax_cents, 0)
            when books_memos.total_cents > 0
                then {{ proportional_cents('coalesce(books_memos.tax_cents, 0)', 'books_memo_parts.amount_cents', 'books_memos.total_cents') }}
        end as tax_cents,
        books_memos.issued_on,
        books_memos.currency_code,
        {{ version_columns('books_memos', "coalesce(books_memos.stub_status = 'Deleted', false)") }}
    from books_memos
    inner join books_memo_parts
        on books_memos.account = books_memo_parts.account
        and books_memos.credit_memo_id = books_memo_parts.credit_memo_id

),

-- A refund receipt names no invoice: the customer's invoice whose number it ends with, else the latest earlier
-- one of the same total, is what it refunds.
books_refund_candidates as (

    select
        refunds.account,
        refunds.refund_receipt_id,
        invoices.invoice_id,
        row_number() over (
            partition by refunds.account, refunds.refund_receipt_id
            order by
                case when refunds.document_number like concat('%', invoices.document_number) then 1 else 2 end,
                invoices.issued_on desc,
                invoices.invoice_id
        ) as place
    from {{ ref('stg_quickbooks__refund_receipts') }} as refunds
    inner join {{ ref('stg_quickbooks__invoices') }} as invoices
        on refunds.account = invoices.account
        and refunds.customer_id = invoices.customer_id
        and invoices.issued_on <= refunds.issued_on
        and (
            refunds.document_number like concat('%', invoices.document_number)
            or invoices.total_cents = refunds.total_cents
        )
    where not invoices.is_deleted

),

quickbooks_refunds as (

    select
        refunds.source,
        refunds.account,
        concat('refund-', refunds.refund_receipt_id) as credit_id,
        books_refund_candidates.invoice_id,
        'refund' as kind,
        refunds.total_cents as amount_cents,
        coalesce(refunds.tax_cents, 0) as tax_cents,
        refunds.issued_on,
        refunds.currency_code,
        {{ version_columns('refunds', "coalesce(refunds.stub_status = 'Deleted', false)") }}
    from {{ ref('stg_quickbooks__refund_receipts') }} as refunds
    left join books_refund_candidates
        on refunds.account = books_refund_candidates.account
        and refunds.refund_receipt_id = books_refund_candidates.refund_receipt_id
        and books_refund_candidates.place = 1
    where refunds.total_cents > 0

),

{{ canonical_union('credits', vendors=['servicetitan_memos', 'servicetitan_refunds', 'quickbooks_memos', 'quickbooks_refunds']) }}
