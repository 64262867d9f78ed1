with lines as (

    select
        invoice_line_key,
        invoice_key,
        own_invoice_key,
        net_cents,
        happened_on,
        is_counted
    from {{ ref('int_money__lines_built') }}

),

invoices as (

    select
        invoice_key,
        account,
        system_kind
    from {{ ref('int_money__invoices_keyed') }}

),

links as (

    select
        invoice_key,
        counted_in_invoice_key
    from {{ ref('int_money__invoices_linked') }}

),

-- What the books say, on the account of the invoice that counts for the same sale.
books_lines as (

    select
        coalesce(counted.account, invoices.account) as account,
        {{ month_start('lines.happened_on') }} as month_on,
        lines.net_cents
    from lines
    inner join invoices
        on lines.own_invoice_key = invoices.invoice_key
    left join links
        on lines.own_invoice_key = links.invoice_key
    left join invoices as counted
        on links.counted_in_invoice_key = counted.invoice_key
    where invoices.system_kind = 'books'

),

books_months as (

    select
        account,
        month_on,
        cast(sum(net_cents) as bigint) as books_cents
    from books_lines
    group by
        account,
        month_on

),

ledger_months as (

    select
        invoices.account,
        {{ month_start('lines.happened_on') }} as month_on,
        cast(sum(lines.net_cents) as bigint) as ledger_cents
    from lines
    inner join invoices
        on lines.invoice_key = invoices.invoice_key
    where lines.is_counted
    group by
        invoices.account,
        {{ month_start('lines.happened_on') }}

),

accounts_with_books as (

    select account
    from books_months
    group by account

),

months_tied as (

    select
        coalesce(ledger_months.account, books_months.account) as account,
        coalesce(ledger_months.month_on, books_months.month_on) as month_on,
        case when accounts_with_books.account is null then 'invoices' else 'books' end as books_source,
        case
            when accounts_with_books.account is null then coalesce(ledger_months.ledger_cents, 0)
            else coalesce(books_months.books_cents, 0)
        end as books_cents
    from ledger_months
    full join books_months
        on ledger_months.account = books_months.account
        and ledger_months.month_on = books_months.month_on
    left join accounts_with_books
        on coalesce(ledger_months.account, books_months.account) = accounts_with_books.account

)

select * from months_tied
