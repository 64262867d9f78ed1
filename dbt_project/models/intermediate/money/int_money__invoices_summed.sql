with invoices as (

    select
        invoice_key,
        total_cents,
        subtotal_cents,
        tax_cents,
        is_void
    from {{ ref('int_money__invoices_keyed') }}

),

links as (

    select
        invoice_key,
        counted_in_invoice_key
    from {{ ref('int_money__invoices_linked') }}

),

lines as (

    select
        invoice_key,
        kind,
        amount_cents,
        net_cents,
        is_doubled
    from {{ ref('int_money__lines_built') }}

),

payments as (

    select
        {{ surrogate_key(['source', 'account', 'invoice_id']) }} as invoice_key,
        cast(sum(amount_cents) as bigint) as paid_cents
    from {{ ref('int_canonical__payments_unioned') }}
    where
        invoice_id is not null
        and not coalesce(is_deleted, false)
    group by {{ surrogate_key(['source', 'account', 'invoice_id']) }}

),

credits as (

    select
        {{ surrogate_key(['source', 'account', 'invoice_id']) }} as invoice_key,
        cast(sum(case when kind = 'refund' then amount_cents else 0 end) as bigint) as refunded_cents,
        cast(sum(case when kind = 'write_off' then amount_cents else 0 end) as bigint) as written_off_cents
    from {{ ref('int_canonical__credits_unioned') }}
    where
        invoice_id is not null
        and not coalesce(is_deleted, false)
    group by {{ surrogate_key(['source', 'account', 'invoice_id']) }}

),

twin_payments as (

    select
        links.counted_in_invoice_key as invoice_key,
        cast(max(payments.paid_cents) as bigint) as paid_cents
    from links
    inner join payments
        on links.invoice_key = payments.invoice_key
    group by links.counted_in_invoice_key

),

twin_credits as (

    select
        links.counted_in_invoice_key as invoice_key,
        cast(max(credits.refunded_cents) as bigint) as refunded_cents,
        cast(max(credits.written_off_cents) as bigint) as written_off_cents
    from links
    inner join credits
        on links.invoice_key = credits.invoice_key
    group by links.counted_in_invoice_key

),

line_sums as (

    select
        invoice_key,
        cast(sum(net_cents) as bigint) as net_cents,
        cast(sum(
            case when kind in ('credit_memo', 'refund') and net_cents <> 0 then amount_cents else 0 end
        ) as bigint) as credited_cents,
        cast(sum(case when kind = 'deposit' and amount_cents < 0 then -amount_cents else 0 end) as bigint)
            as deposited_cents
    from lines
    where not is_doubled
    group by invoice_key

),

-- Payments and refunds are often booked in one of the two systems only, sometimes in both: the larger sum of
-- the two is what the customer paid.
invoices_joined as (

    select
        invoices.invoice_key,
        invoices.is_void,
        coalesce(line_sums.net_cents, 0) as net_cents,
        invoices.total_cents
        + coalesce(line_sums.credited_cents, 0)
        + coalesce(line_sums.deposited_cents, 0) as due_cents,
        greatest(coalesce(payments.paid_cents, 0), coalesce(twin_payments.paid_cents, 0))
        - greatest(coalesce(credits.refunded_cents, 0), coalesce(twin_credits.refunded_cents, 0))
        + coalesce(line_sums.deposited_cents, 0) as received_cents,
        greatest(coalesce(credits.written_off_cents, 0), coalesce(twin_credits.written_off_cents, 0))
            as written_off_cents
    from invoices
    left join line_sums
        on invoices.invoice_key = line_sums.invoice_key
    left join payments
        on invoices.invoice_key = payments.invoice_key
    left join credits
        on invoices.invoice_key = credits.invoice_key
    left join twin_payments
        on invoices.invoice_key = twin_payments.invoice_key
    left join twin_credits
        on invoices.invoice_key = twin_credits.invoice_key

),

invoices_summed as (

    select
        invoice_key,
        net_cents,
        due_cents,
        received_cents,
        written_off_cents,
        case
            when is_void or due_cents = 0 then 0
            else {{ cents_half_even(
                '(cast(least(received_cents, due_cents) as decimal(18, 0)) * cast(net_cents as decimal(18, 0))'
                ~ ' / cast(due_cents as decimal(18, 0)))'
            ) }}
        end as collected_cents
    from invoices_joined

)

select * from invoices_summed
