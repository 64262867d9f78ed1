with invoices as (

    select
        invoice_key,
        source,
        number_code,
        job_key,
        customer_key,
        preference,
        total_cents,
        is_void,
        issued_on
    from {{ ref('int_money__invoices_keyed') }}

),

-- Each source is worth a place in line: the counted kind first, then the other system, then the rest by name.
sources_ranked as (

    select
        source,
        row_number() over (order by min(preference), source) as source_rank
    from invoices
    group by source

),

invoices_ranked as (

    select
        invoices.invoice_key,
        invoices.source,
        invoices.number_code,
        invoices.job_key,
        invoices.customer_key,
        sources_ranked.source_rank,
        invoices.total_cents,
        invoices.is_void,
        invoices.issued_on
    from invoices
    inner join sources_ranked
        on invoices.source = sources_ranked.source

),

-- Rule 1, the number. Two systems may number on their own: total, customer or month must agree as well.
number_pairs as (

    select
        counted.invoice_key as counted_invoice_key,
        other.invoice_key,
        other.source,
        counted.source_rank,
        counted.is_void as is_counted_void,
        other.is_void as is_other_void,
        counted.total_cents = other.total_cents as is_total_equal,
        coalesce(counted.customer_key = other.customer_key, false) as is_customer_equal,
        abs({{ days_between('counted.issued_on', 'other.issued_on') }}) as days_apart
    from invoices_ranked as counted
    inner join invoices_ranked as other
        on counted.number_code = other.number_code
        and counted.source_rank < other.source_rank
    where
        counted.total_cents = other.total_cents
        or counted.customer_key = other.customer_key
        or abs({{ days_between('counted.issued_on', 'other.issued_on') }}) <= 31

),

-- Of two copies the one that lives is the sale: a void or deleted one would leave it counted twice.
number_pairs_ranked as (

    select
        counted_invoice_key,
        invoice_key,
        row_number() over (
            partition by invoice_key
            order by
                source_rank,
                is_counted_void,
                is_total_equal desc,
                is_customer_equal desc,
                days_apart,
                counted_invoice_key
        ) as counted_rank,
        row_number() over (
            partition by counted_invoice_key, source
            order by
                is_other_void,
                is_total_equal desc,
                is_customer_equal desc,
                days_apart,
                invoice_key
        ) as other_rank
    from number_pairs

),

number_links as (

    select
        counted_invoice_key,
        invoice_key,
        'invoice_number' as link_method
    from number_pairs_ranked
    where
        counted_rank = 1
        and other_rank = 1

),

after_numbers as (

    select
        invoices_ranked.invoice_key,
        invoices_ranked.job_key,
        invoices_ranked.customer_key,
        invoices_ranked.source,
        invoices_ranked.source_rank,
        invoices_ranked.total_cents,
        invoices_ranked.issued_on,
        row_number() over (
            partition by invoices_ranked.source, invoices_ranked.job_key, invoices_ranked.total_cents
            order by invoices_ranked.issued_on, invoices_ranked.invoice_key
        ) as position
    from invoices_ranked
    left join number_links as as_other
        on invoices_ranked.invoice_key = as_other.invoice_key
    left join number_links as as_counted
        on invoices_ranked.invoice_key = as_counted.counted_invoice_key
    where
        as_other.invoice_key is null
        and as_counted.counted_invoice_key is null

),

-- Rule 2, job and total: the first of one system is the first of the other, and so on.
job_links as (

    select
        min_by(counted.invoice_key, counted.source_rank) as counted_invoice_key,
        other.invoice_key,
        'job_and_total' as link_method
    from after_numbers as counted
    inner join after_numbers as other
        on counted.job_key = other.job_key
        and counted.total_cents = other.total_cents
        and counted.position = other.position
        and counted.source_rank < other.source_rank
    group by other.invoice_key

),

after_jobs as (

    select
        after_numbers.invoice_key,
        after_numbers.customer_key,
        after_numbers.source_rank,
        after_numbers.total_cents,
        after_numbers.issued_on,
        row_number() over (
            partition by
                after_numbers.source,
                after_numbers.customer_key,
                after_numbers.total_cents,
                after_numbers.issued_on
            order by after_numbers.invoice_key
        ) as position
    from after_numbers
    left join job_links as as_other
        on after_numbers.invoice_key = as_other.invoice_key
    left join job_links as as_counted
        on after_numbers.invoice_key = as_counted.counted_invoice_key
    where
        as_other.invoice_key is null
        and as_counted.counted_invoice_key is null

),

customer_links as (

    select
        min_by(counted.invoice_key, counted.source_rank) as counted_invoice_key,
        other.invoice_key,
        'customer_date_and_total' as link_method
    from after_jobs as counted
    inner join after_jobs as other
        on counted.customer_key = other.customer_key
        and counted.total_cents = other.total_cents
        and counted.issued_on = other.issued_on
        and counted.position = other.position
        and counted.source_rank < other.source_rank
    group by other.invoice_key

),

links as (

    select
        counted_invoice_key,
        invoice_key,
        link_method
    from number_links
    union all
    select
        counted_invoice_key,
        invoice_key,
        link_method
    from job_links
    union all
    select
        counted_invoice_key,
        invoice_key,
        link_method
    from customer_links

),

-- Three systems hold one sale: the middle one's partner is the one that counts.
links_rooted as (

    select
        links.invoice_key,
        coalesce(further.counted_invoice_key, links.counted_invoice_key) as counted_in_invoice_key,
        links.link_method
    from links
    left join links as further
        on links.counted_invoice_key = further.invoice_key

)

select * from links_rooted
