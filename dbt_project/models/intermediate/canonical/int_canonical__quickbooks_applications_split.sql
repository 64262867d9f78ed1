with payment_lines as (

    select
        account,
        payment_id,
        position,
        amount_cents,
        unnest(linked_transactions) as linked
    from {{ ref('stg_quickbooks__payment_lines') }}
    where amount_cents is not null

),

linked_lines as (

    select
        account,
        payment_id,
        position,
        linked.TxnType as linked_type,
        linked.TxnId as linked_id,
        amount_cents
    from payment_lines
    where linked.TxnType in ('Invoice', 'CreditMemo')

),

-- One line settles one transaction; where it names several, the first invoice takes it.
lines_once as (

    select
        account,
        payment_id,
        position,
        amount_cents,
        arg_min(linked_type, linked_id) as linked_type,
        min(linked_id) as linked_id
    from linked_lines
    group by
        account,
        payment_id,
        position,
        amount_cents

),

-- Memos and invoices of one payment laid end to end: where they overlap, the memo pays the invoice.
ranges as (

    select
        account,
        payment_id,
        position,
        linked_type,
        linked_id,
        amount_cents,
        sum(amount_cents) over (
            partition by account, payment_id, linked_type
            order by position
            rows between unbounded preceding and current row
        ) as to_cents
    from lines_once

),

memo_parts as (

    select
        invoices.account,
        invoices.payment_id,
        invoices.position,
        memos.linked_id as credit_memo_id,
        least(invoices.to_cents, memos.to_cents)
        - greatest(invoices.to_cents - invoices.amount_cents, memos.to_cents - memos.amount_cents) as credited_cents
    from ranges as invoices
    inner join ranges as memos
        on invoices.account = memos.account
        and invoices.payment_id = memos.payment_id
        and memos.to_cents > invoices.to_cents - invoices.amount_cents
        and invoices.to_cents > memos.to_cents - memos.amount_cents
    where
        invoices.linked_type = 'Invoice'
        and memos.linked_type = 'CreditMemo'

),

memo_sums as (

    select
        account,
        payment_id,
        position,
        sum(credited_cents) as credited_cents
    from memo_parts
    group by
        account,
        payment_id,
        position

),

paid_by_cash as (

    select
        ranges.account,
        ranges.payment_id,
        ranges.linked_id as invoice_id,
        cast(null as varchar) as credit_memo_id,
        ranges.amount_cents - coalesce(memo_sums.credited_cents, 0) as paid_cents,
        cast(0 as bigint) as credited_cents
    from ranges
    left join memo_sums
        on ranges.account = memo_sums.account
        and ranges.payment_id = memo_sums.payment_id
        and ranges.position = memo_sums.position
    where ranges.linked_type = 'Invoice'

),

paid_by_memo as (

    select
        ranges.account,
        ranges.payment_id,
        ranges.linked_id as invoice_id,
        memo_parts.credit_memo_id,
        cast(0 as bigint) as paid_cents,
        memo_parts.credited_cents
    from memo_parts
    inner join ranges
        on memo_parts.account = ranges.account
        and memo_parts.payment_id = ranges.payment_id
        and memo_parts.position = ranges.position

),

split as (

    select
        account,
        payment_id,
        invoice_id,
        credit_memo_id,
        cast(paid_cents as bigint) as paid_cents,
        cast(credited_cents as bigint) as credited_cents
    from paid_by_cash

    union all

    select
        account,
        payment_id,
        invoice_id,
        credit_memo_id,
        cast(paid_cents as bigint) as paid_cents,
        cast(credited_cents as bigint) as credited_cents
    from paid_by_memo

)

select * from split
