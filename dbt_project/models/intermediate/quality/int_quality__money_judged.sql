with

jobs as (

    select
        job_key,
        source,
        account,
        job_id,
        job_class,
        is_zero_value,
        is_deleted,
        completed_at
    from {{ ref('int_operations__jobs_described') }}

),

job_totals as (

    select
        {{ surrogate_key(['source', 'account', 'job_id']) }} as job_key,
        total_cents
    from {{ ref('int_canonical__jobs_unioned') }}
    where total_cents is not null

),

invoice_links as (

    select
        invoice_key,
        job_key,
        counted_in_invoice_key
    from {{ ref('fct_invoices') }}

),

counter_sales as (

    select
        source,
        account,
        invoice_id
    from {{ ref('int_quality__counter_sales_read') }}

),

canonical_invoices as (

    select
        source,
        account,
        invoice_id,
        invoice_number,
        system_kind,
        status,
        total_cents,
        issued_on,
        coalesce(created_at, first_known_at) as created_at
    from {{ ref('int_canonical__invoices_unioned') }}
    where not is_deleted

),

invoices as (

    select
        {{ surrogate_key([
            'canonical_invoices.source',
            'canonical_invoices.account',
            'canonical_invoices.invoice_id'
        ]) }} as invoice_key,
        canonical_invoices.source,
        canonical_invoices.account,
        canonical_invoices.invoice_id,
        canonical_invoices.invoice_number,
        canonical_invoices.system_kind,
        coalesce(canonical_invoices.status = 'void', false) as is_void,
        canonical_invoices.total_cents,
        canonical_invoices.issued_on,
        canonical_invoices.created_at,
        counter_sales.invoice_id is not null as is_counter_sale
    from canonical_invoices
    left join counter_sales
        on canonical_invoices.source = counter_sales.source
        and canonical_invoices.account = counter_sales.account
        and canonical_invoices.invoice_id = counter_sales.invoice_id

),

invoices_linked as (

    select
        invoices.invoice_key,
        invoices.source,
        invoices.account,
        invoices.invoice_id,
        invoices.invoice_number,
        invoices.system_kind,
        invoices.is_void,
        invoices.total_cents,
        invoices.issued_on,
        invoices.created_at,
        invoices.is_counter_sale,
        invoice_links.job_key,
        invoice_links.counted_in_invoice_key
    from invoices
    inner join invoice_links
        on invoices.invoice_key = invoice_links.invoice_key

),

billed_jobs as (

    select
        job_key,
        sum(case when is_void then 0 else total_cents end) as total_cents,
        arg_min(invoice_id, struct_pack(at := created_at, id := invoice_id)) as first_invoice_id
    from invoices_linked
    where
        job_key is not null
        and system_kind != 'books'
    group by job_key

),

any_billed_jobs as (

    select job_key
    from invoices_linked
    where job_key is not null
    group by job_key

),

-- Each pair of dispatch and books invoice that stand for one sale, whichever of them counts.
pairs as (

    select
        dispatch_invoices.invoice_key as dispatch_invoice_key,
        dispatch_invoices.total_cents as dispatch_cents,
        dispatch_invoices.is_void as is_dispatch_void,
        books_invoices.invoice_key as books_invoice_key,
        books_invoices.source as books_source,
        books_invoices.account as books_account,
        books_invoices.invoice_id as books_invoice_id,
        books_invoices.total_cents as books_cents,
        books_invoices.is_void as is_books_void
    from invoices_linked as dispatch_invoices
    inner join invoices_linked as books_invoices
        on dispatch_invoices.invoice_key = books_invoices.counted_in_invoice_key
        or dispatch_invoices.counted_in_invoice_key = books_invoices.invoice_key
    where
        dispatch_invoices.system_kind = 'dispatch'
        and books_invoices.system_kind = 'books'

),

paired as (

    select dispatch_invoice_key as invoice_key
    from pairs
    group by dispatch_invoice_key
    union
    select books_invoice_key
    from pairs
    group by books_invoice_key

),

paired_numbers as (

    select
        invoices_linked.source,
        invoices_linked.account,
        invoices_linked.invoice_number
    from invoices_linked
    inner join paired
        on invoices_linked.invoice_key = paired.invoice_key
    where
        invoices_linked.system_kind = 'books'
        and invoices_linked.invoice_number is not null
    group by
        invoices_linked.source,
        invoices_linked.account,
        invoices_linked.invoice_number

),

books_copies as (

    select
        source,
        account,
        invoice_id,
        invoice_number,
        first_value(invoice_id) over same_number as first_invoice_id
    from invoices
    where
        system_kind = 'books'
        and not is_void
        and invoice_number is not null
    window same_number as (
        partition by source, account, invoice_number, total_cents
        order by created_at, len(invoice_id), invoice_id
    )

),

-- Whether visits without charge are in the books too is each operator's own custom.
zero_customs as (

    select
        invoices_linked.source,
        invoices_linked.account,
        2 * count(paired.invoice_key) >= count(*) as are_zeros_in_books
    from invoices_linked
    left join paired
        on invoices_linked.invoice_key = paired.invoice_key
    where
        invoices_linked.system_kind = 'dispatch'
        and invoices_linked.total_cents = 0
        and not invoices_linked.is_void
    group by
        invoices_linked.source,
        invoices_linked.account

),

books_start as (

    select min(issued_on) as first_on
    from invoices
    where system_kind = 'books'

),

dispatch_known as (

    select count(*) > 0 as is_known
    from invoices
    where system_kind = 'dispatch'

),

payments as (

    select
        source,
        account,
        invoice_id,
        sum(amount_cents) as paid_cents
    from {{ ref('int_canonical__payments_unioned') }}
    where
        not is_deleted
        and invoice_id is not null
    group by
        source,
        account,
        invoice_id

),

credits as (

    select
        source,
        account,
        invoice_id,
        credit_id,
        kind,
        amount_cents,
        sum(amount_cents) over (
            partition by source, account, invoice_id, kind
            order by issued_on, credit_id
        ) as running_cents
    from {{ ref('int_canonical__credits_unioned') }}
    where
        not is_deleted
        and invoice_id is not null

),

final as (

    select
        'job_without_invoice' as rule,
        jobs.source,
        jobs.account,
        'jobs' as entity,
        jobs.job_id as entity_id,
        'an invoice' as expected,
        'none' as observed,
        'completed ' || cast(jobs.completed_at as varchar) as detail
    from jobs
    left join any_billed_jobs
        on jobs.job_key = any_billed_jobs.job_key
    where
        any_billed_jobs.job_key is null
        and not jobs.is_deleted
        and not jobs.is_zero_value
        and coalesce(jobs.job_class, 'demand') not in ('membership', 'warranty', 'recall', 'internal')
        and {{ local_date('jobs.completed_at') }} <= {{ day_add(
            local_date(as_of()), '-' ~ run_setting('invoice_missing_after_days')
        ) }}
    union all
    select
        'invoice_without_job',
        source,
        account,
        'invoices',
        invoice_id,
        'a work order',
        'none',
        'invoice ' || coalesce(invoice_number, '')
    from invoices_linked
    where
        job_key is null
        and system_kind = 'dispatch'
        and not is_void
        and not is_counter_sale
    union all
    select
        'invoice_differs_from_job',
        jobs.source,
        jobs.account,
        'invoices',
        billed_jobs.first_invoice_id,
        cast({{ amount('job_totals.total_cents') }} as varchar),
        cast({{ amount('billed_jobs.total_cents') }} as varchar),
        'total of work order ' || jobs.job_id || ' and of its invoices'
    from jobs
    inner join job_totals
        on jobs.job_key = job_totals.job_key
    inner join billed_jobs
        on jobs.job_key = billed_jobs.job_key
    where
        job_totals.total_cents != billed_jobs.total_cents
        and not jobs.is_deleted
    union all
    select
        'books_amount_differs',
        books_source,
        books_account,
        'invoices',
        books_invoice_id,
        cast({{ amount('dispatch_cents') }} as varchar),
        cast({{ amount('books_cents') }} as varchar),
        'dispatch and books show one sale'
    from pairs
    where
        dispatch_cents != books_cents
        and not is_dispatch_void
        and not is_books_void
    union all
    select
        'books_invoice_missing',
        invoices_linked.source,
        invoices_linked.account,
        'invoices',
        invoices_linked.invoice_id,
        'the sale in the books',
        'none',
        'invoice ' || coalesce(invoices_linked.invoice_number, '')
    from invoices_linked
    cross join books_start
    left join paired
        on invoices_linked.invoice_key = paired.invoice_key
    left join zero_customs
        on invoices_linked.source = zero_customs.source
        and invoices_linked.account = zero_customs.account
    where
        paired.invoice_key is null
        and invoices_linked.system_kind = 'dispatch'
        and not invoices_linked.is_void
        and (invoices_linked.total_cents != 0 or zero_customs.are_zeros_in_books)
        and invoices_linked.issued_on >= books_start.first_on
        and invoices_linked.created_at <= {{ second_add(as_of(), '-2 * 86400') }}
    union all
    select
        'dispatch_invoice_missing',
        invoices_linked.source,
        invoices_linked.account,
        'invoices',
        invoices_linked.invoice_id,
        'a dispatch invoice',
        'none',
        'invoice ' || coalesce(invoices_linked.invoice_number, '')
    from invoices_linked
    cross join dispatch_known
    left join paired
        on invoices_linked.invoice_key = paired.invoice_key
    left join paired_numbers
        on invoices_linked.source = paired_numbers.source
        and invoices_linked.account = paired_numbers.account
        and invoices_linked.invoice_number = paired_numbers.invoice_number
    where
        paired.invoice_key is null
        -- A second copy is told of as such, whichever of the two was paired.
        and paired_numbers.invoice_number is null
        and dispatch_known.is_known
        and invoices_linked.system_kind = 'books'
        and not invoices_linked.is_void
    union all
    select
        'books_invoice_doubled',
        source,
        account,
        'invoices',
        invoice_id,
        'one invoice ' || invoice_number,
        'a copy of ' || first_invoice_id,
        cast(null as varchar)
    from books_copies
    where invoice_id != first_invoice_id
    union all
    select
        'payment_over_invoice',
        invoices_linked.source,
        invoices_linked.account,
        'invoices',
        invoices_linked.invoice_id,
        'at most ' || cast({{ amount('invoices_linked.total_cents') }} as varchar),
        cast({{ amount('payments.paid_cents') }} as varchar),
        'sum of payments'
    from invoices_linked
    inner join payments
        on invoices_linked.source = payments.source
        and invoices_linked.account = payments.account
        and invoices_linked.invoice_id = payments.invoice_id
    where
        payments.paid_cents > invoices_linked.total_cents
        and not invoices_linked.is_void
        and invoices_linked.counted_in_invoice_key is null
    union all
    select
        'refund_over_invoice',
        invoices_linked.source,
        invoices_linked.account,
        'credits',
        credits.credit_id,
        'at most ' || cast({{ amount('invoices_linked.total_cents') }} as varchar),
        cast({{ amount('credits.running_cents') }} as varchar),
        credits.kind || 's of invoice ' || invoices_linked.invoice_id
    from invoices_linked
    inner join credits
        on invoices_linked.source = credits.source
        and invoices_linked.account = credits.account
        and invoices_linked.invoice_id = credits.invoice_id
    where
        credits.running_cents > invoices_linked.total_cents
        and invoices_linked.counted_in_invoice_key is null

)

select * from final
