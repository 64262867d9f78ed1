with previous_jobs as (

    select
        job_key,
        customer_key,
        household_key,
        state,
        collected_cents,
        margin_cents
    from {{ ref('int_credit__previous_jobs_kept') }}

),

previous_lines as (

    select
        invoice_line_key,
        job_key,
        net_cents
    from {{ ref('int_credit__previous_lines_kept') }}

),

jobs as (

    select
        job_key,
        customer_key,
        household_key,
        state,
        is_deleted,
        cast(collected_amount * 100 as bigint) as collected_cents,
        cast(coalesce(margin_amount, 0) * 100 as bigint) as margin_cents
    from {{ ref('fct_jobs') }}

),

lines as (

    select
        lines.invoice_line_key,
        lines.job_key,
        lines.kind,
        cast(lines.net_amount * 100 as bigint) as net_cents,
        invoices.status = 'void' as is_void
    from {{ ref('fct_invoice_lines') }} as lines
    inner join {{ ref('fct_invoices') }} as invoices
        on lines.invoice_key = invoices.invoice_key

),

identity_changes as (

    select
        from_customer_key,
        to_customer_key
    from {{ ref('fct_identity_changes') }}
    where
        from_customer_key is not null
        and changed_at > (select max(previous.from_as_of) from {{ ref('int_credit__previous_jobs_kept') }} as previous)

),

customers_changed as (

    select from_customer_key as customer_key
    from identity_changes
    union
    select to_customer_key as customer_key
    from identity_changes

),

-- A line of a job may have changed its amount, come, gone, or moved to another job.
line_changes as (

    select
        lines.job_key,
        case
            when previous_lines.job_key <> lines.job_key then 're-match'
            when lines.kind in ('credit_memo', 'refund') then 'refund'
            when lines.is_void then 'void'
            else 'late invoice'
        end as cause,
        lines.net_cents
        - case when previous_lines.job_key = lines.job_key then previous_lines.net_cents else 0 end as change_cents
    from lines
    left join previous_lines
        on lines.invoice_line_key = previous_lines.invoice_line_key
    where lines.job_key is not null
    union all
    select
        previous_lines.job_key,
        case when lines.invoice_line_key is null then 'void' else 're-match' end as cause,
        -previous_lines.net_cents as change_cents
    from previous_lines
    left join lines
        on previous_lines.invoice_line_key = lines.invoice_line_key
    where lines.job_key is distinct from previous_lines.job_key

),

line_sums as (

    select
        job_key,
        {% for column, cause in [
            ('refund_cents', 'refund'), ('void_cents', 'void'),
            ('invoice_cents', 'late invoice'), ('rematched_cents', 're-match'),
        ] -%}
        cast(sum(case when cause = '{{ cause }}' then change_cents else 0 end) as bigint) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from line_changes
    group by job_key

),

jobs_compared as (

    select
        coalesce(jobs.job_key, previous_jobs.job_key) as job_key,
        previous_jobs.job_key is null as is_new_job,
        coalesce(jobs.is_deleted, true) as is_gone,
        coalesce(jobs.state in ('Cancelled', 'No Show'), true)
        and previous_jobs.state not in ('Cancelled', 'No Show') as is_called_off,
        coalesce(
            jobs.customer_key is distinct from previous_jobs.customer_key
            or jobs.household_key is distinct from previous_jobs.household_key
            or customers_changed.customer_key is not null,
            false
        ) as is_identity_changed,
        coalesce(line_sums.refund_cents, 0) as refund_cents,
        coalesce(line_sums.void_cents, 0) as void_cents,
        coalesce(line_sums.invoice_cents, 0) as invoice_cents,
        coalesce(line_sums.rematched_cents, 0) as rematched_cents,
        coalesce(jobs.collected_cents, 0) - coalesce(previous_jobs.collected_cents, 0) as collected_cents,
        coalesce(jobs.margin_cents, 0) - coalesce(previous_jobs.margin_cents, 0) as margin_cents
    from jobs
    full join previous_jobs
        on jobs.job_key = previous_jobs.job_key
    left join customers_changed
        on jobs.customer_key = customers_changed.customer_key
    left join line_sums
        on coalesce(jobs.job_key, previous_jobs.job_key) = line_sums.job_key

),

-- What a called-off job loses by voids and corrections, it loses because it was called off. Money collected and
-- margin have one cause a job: what moved its lines, else a payment (collected) or a cost (margin).
jobs_explained as (

    select
        job_key,
        is_new_job,
        is_gone,
        is_identity_changed,
        refund_cents,
        case when is_called_off then least(void_cents, 0) + least(invoice_cents, 0) else 0 end as cancellation_cents,
        case when is_called_off then greatest(void_cents, 0) else void_cents end as void_cents,
        case when is_called_off then greatest(invoice_cents, 0) else invoice_cents end as invoice_cents,
        rematched_cents,
        collected_cents,
        margin_cents,
        case
            when rematched_cents <> 0 then 're-match'
            when is_called_off and collected_cents < 0 then 'cancellation'
            when void_cents <> 0 and collected_cents < 0 then 'void'
            when collected_cents < 0 then 'refund'
            else 'late invoice'
        end as collected_cause,
        case
            when rematched_cents <> 0 then 're-match'
            when is_called_off and margin_cents < 0 then 'cancellation'
            when void_cents <> 0 then 'void'
            when refund_cents <> 0 then 'refund'
            when invoice_cents <> 0 then 'late invoice'
            else 'cost change'
        end as margin_cause
    from jobs_compared

)

select * from jobs_explained
