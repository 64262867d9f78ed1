-- The earlier build's rows are taken out before this table is rebuilt.
-- depends_on: {{ ref('int_credit__previous_lines_kept') }}
with lines as (

    select
        invoice_line_key,
        invoice_key,
        kind,
        job_key,
        amount_cents,
        net_cents,
        cost_cents,
        is_synthetic,
        happened_on,
        known_at
    from {{ ref('int_money__lines_built') }}
    where is_counted

),

invoices as (

    select
        invoice_key,
        source,
        account,
        location_key
    from {{ ref('int_money__invoices_keyed') }}

),

jobs as (

    select
        job_key,
        location_key
    from {{ ref('int_jobs__keyed') }}

),

lines_completed as (

    select
        lines.invoice_line_key,
        lines.invoice_key,
        invoices.source,
        invoices.account,
        coalesce(jobs.location_key, invoices.location_key) as location_key,
        lines.job_key,
        lines.kind,
        {{ amount('lines.amount_cents') }} as amount,
        {{ amount('lines.net_cents') }} as net_amount,
        {{ amount('lines.cost_cents') }} as cost_amount,
        lines.is_synthetic,
        lines.happened_on,
        lines.known_at,
        {{ local_date('lines.known_at') }} as known_on
    from lines
    inner join invoices
        on lines.invoice_key = invoices.invoice_key
    left join jobs
        on lines.job_key = jobs.job_key

)

select * from lines_completed
