with invoices as (

    select
        invoice_key,
        source,
        account,
        invoice_id,
        location_key,
        subtotal_cents,
        tax_cents,
        total_cents,
        is_void,
        issued_on,
        known_at
    from {{ ref('int_money__invoices_keyed') }}

),

invoice_jobs as (

    select
        invoice_key,
        job_key
    from {{ ref('int_money__invoice_jobs_linked') }}

),

links as (

    select
        invoice_key,
        counted_in_invoice_key
    from {{ ref('int_money__invoices_linked') }}

),

invoice_lines as (

    select
        source,
        account,
        invoice_id,
        line_id,
        kind,
        job_source,
        job_account,
        job_id,
        job_number,
        amount_cents,
        cost_cents,
        first_known_at
    from {{ ref('int_canonical__invoice_lines_unioned') }}
    where not coalesce(is_deleted, false)

),

credits as (

    select
        source,
        account,
        credit_id,
        invoice_id,
        kind,
        refund_of_credit_id,
        amount_cents,
        tax_cents,
        issued_on,
        first_known_at
    from {{ ref('int_canonical__credits_unioned') }}
    where
        not coalesce(is_deleted, false)
        and invoice_id is not null
        and kind in ('refund', 'credit_memo')

),

job_references as (

    select
        source,
        account,
        job_id,
        job_number,
        job_key
    from {{ ref('int_jobs__references_resolved') }}

),

lines_joined as (

    select
        {{ surrogate_key(['invoice_lines.source', 'invoice_lines.account', 'invoice_lines.invoice_id', 'invoice_lines.line_id']) }}
            as invoice_line_key,
        invoices.invoice_key,
        coalesce(invoice_lines.kind, 'other') as kind,
        coalesce(job_references.job_key, invoice_jobs.job_key) as job_key,
        invoice_lines.amount_cents,
        case
            when invoices.is_void or coalesce(invoice_lines.kind, 'other') in ('tax', 'deposit') then 0
            else invoice_lines.amount_cents
        end as net_cents,
        invoice_lines.cost_cents,
        false as is_synthetic,
        invoices.issued_on as happened_on,
        invoice_lines.first_known_at as known_at
    from invoice_lines
    inner join invoices
        on invoice_lines.source = invoices.source
        and invoice_lines.account = invoices.account
        and invoice_lines.invoice_id = invoices.invoice_id
    inner join invoice_jobs
        on invoices.invoice_key = invoice_jobs.invoice_key
    left join job_references
        on invoice_lines.job_source = job_references.source
        and invoice_lines.job_account = job_references.account
        and coalesce(invoice_lines.job_id, '') = job_references.job_id
        and coalesce(invoice_lines.job_number, '') = job_references.job_number

),

line_sums as (

    select
        invoice_key,
        cast(sum(case when kind = 'tax' then 0 else amount_cents end) as bigint) as untaxed_cents,
        cast(sum(case when kind in ('tax', 'deposit') then 0 else amount_cents end) as bigint) as earned_cents,
        cast(sum(case when kind = 'tax' then amount_cents else 0 end) as bigint) as tax_line_cents,
        max_by(job_key, struct_pack(cents := abs(amount_cents), job_key := job_key)) as main_job_key
    from lines_joined
    group by invoice_key

),

subtotals as (

    select
        invoices.invoice_key,
        invoices.source,
        invoices.account,
        invoices.invoice_id,
        coalesce(invoice_jobs.job_key, line_sums.main_job_key) as job_key,
        coalesce(line_sums.untaxed_cents, 0) as untaxed_cents,
        coalesce(line_sums.earned_cents, 0) as earned_cents,
        coalesce(
            invoices.subtotal_cents,
            invoices.total_cents - coalesce(invoices.tax_cents, line_sums.tax_line_cents, 0)
        ) as subtotal_cents,
        coalesce(invoices.tax_cents, line_sums.tax_line_cents, 0) as tax_cents,
        invoices.total_cents,
        invoices.is_void,
        line_sums.invoice_key is null as has_no_lines,
        invoices.issued_on,
        invoices.known_at
    from invoices
    inner join invoice_jobs
        on invoices.invoice_key = invoice_jobs.invoice_key
    left join line_sums
        on invoices.invoice_key = line_sums.invoice_key

),

-- What the lines leave open towards the subtotal is one line of its own.
synthetic_lines as (

    select
        {{ surrogate_key(['source', 'account', 'invoice_id', "'(difference)'"]) }} as invoice_line_key,
        invoice_key,
        'difference' as kind,
        job_key,
        subtotal_cents - untaxed_cents as amount_cents,
        case when is_void then 0 else subtotal_cents - untaxed_cents end as net_cents,
        cast(null as bigint) as cost_cents,
        true as is_synthetic,
        issued_on as happened_on,
        known_at
    from subtotals
    where
        has_no_lines
        or (subtotal_cents <> untaxed_cents and subtotal_cents <> earned_cents)

),

-- A credit may stand on the invoice that counts or on its twin in the other system, or on both.
credits_joined as (

    select
        {{ surrogate_key(['credits.source', 'credits.account', "'credit'", 'credits.credit_id', 'credits.invoice_id']) }}
            as invoice_line_key,
        coalesce(links.counted_in_invoice_key, invoices.invoice_key) as invoice_key,
        invoices.invoice_key as own_invoice_key,
        credits.kind,
        credits.refund_of_credit_id,
        credits.amount_cents,
        credits.tax_cents,
        credits.issued_on,
        credits.first_known_at,
        links.counted_in_invoice_key is not null as is_on_twin
    from credits
    inner join invoices
        on credits.source = invoices.source
        and credits.account = invoices.account
        and credits.invoice_id = invoices.invoice_id
    left join links
        on invoices.invoice_key = links.invoice_key

),

credits_numbered as (

    select
        invoice_line_key,
        invoice_key,
        own_invoice_key,
        kind,
        refund_of_credit_id,
        amount_cents,
        tax_cents,
        issued_on,
        first_known_at,
        is_on_twin,
        row_number() over (
            partition by own_invoice_key, amount_cents
            order by issued_on, invoice_line_key
        ) as position
    from credits_joined

),

own_credits as (

    select
        invoice_key,
        amount_cents,
        position
    from credits_numbered
    where not is_on_twin

),

credits_once as (

    select
        credits_numbered.invoice_line_key,
        credits_numbered.invoice_key,
        credits_numbered.own_invoice_key,
        credits_numbered.kind,
        credits_numbered.refund_of_credit_id,
        credits_numbered.amount_cents,
        credits_numbered.tax_cents,
        credits_numbered.issued_on,
        credits_numbered.first_known_at,
        credits_numbered.is_on_twin and own_credits.invoice_key is not null as is_doubled
    from credits_numbered
    left join own_credits
        on credits_numbered.invoice_key = own_credits.invoice_key
        and credits_numbered.amount_cents = own_credits.amount_cents
        and credits_numbered.position = own_credits.position

),

credits_taxed as (

    select
        credits_once.invoice_line_key,
        credits_once.invoice_key,
        credits_once.own_invoice_key,
        credits_once.kind,
        subtotals.job_key,
        credits_once.amount_cents,
        coalesce(
            credits_once.tax_cents,
            case
                when subtotals.total_cents <> 0
                    then {{ cents_half_even(
                        '(cast(credits_once.amount_cents * subtotals.tax_cents as decimal(30, 4))'
                        ~ ' / cast(subtotals.total_cents as decimal(18, 0)))'
                    ) }}
                else 0
            end
        ) as tax_cents,
        subtotals.is_void
        or (credits_once.kind = 'refund' and credits_once.refund_of_credit_id is not null) as is_without_effect,
        credits_once.is_doubled,
        credits_once.issued_on,
        credits_once.first_known_at
    from credits_once
    inner join subtotals
        on credits_once.invoice_key = subtotals.invoice_key

),

credit_lines as (

    select
        invoice_line_key,
        invoice_key,
        own_invoice_key,
        kind,
        job_key,
        -amount_cents as amount_cents,
        case when is_without_effect then 0 else tax_cents - amount_cents end as net_cents,
        cast(null as bigint) as cost_cents,
        false as is_synthetic,
        is_doubled,
        issued_on as happened_on,
        first_known_at as known_at
    from credits_taxed

),

lines_unioned as (

    select
        invoice_line_key,
        invoice_key,
        invoice_key as own_invoice_key,
        kind,
        job_key,
        amount_cents,
        net_cents,
        cost_cents,
        is_synthetic,
        false as is_doubled,
        happened_on,
        known_at
    from lines_joined
    union all
    select
        invoice_line_key,
        invoice_key,
        invoice_key as own_invoice_key,
        kind,
        job_key,
        amount_cents,
        net_cents,
        cost_cents,
        is_synthetic,
        false as is_doubled,
        happened_on,
        known_at
    from synthetic_lines
    union all
    select
        invoice_line_key,
        invoice_key,
        own_invoice_key,
        kind,
        job_key,
        amount_cents,
        net_cents,
        cost_cents,
        is_synthetic,
        is_doubled,
        happened_on,
        known_at
    from credit_lines

),

lines_built as (

    select
        lines_unioned.invoice_line_key,
        lines_unioned.invoice_key,
        lines_unioned.own_invoice_key,
        lines_unioned.kind,
        lines_unioned.job_key,
        lines_unioned.amount_cents,
        lines_unioned.net_cents,
        lines_unioned.cost_cents,
        lines_unioned.is_synthetic,
        lines_unioned.is_doubled,
        links.counted_in_invoice_key is null and not lines_unioned.is_doubled as is_counted,
        lines_unioned.happened_on,
        lines_unioned.known_at
    from lines_unioned
    left join links
        on lines_unioned.invoice_key = links.invoice_key

)

select * from lines_built
