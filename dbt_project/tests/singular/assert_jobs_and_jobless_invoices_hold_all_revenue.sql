{{ config(meta={'dagster': {'ref': {'name': 'fct_jobs'}}}) }}
-- Jobs' net revenue plus lines without a job = all lines; what jobs collected never exceeds the invoices'.
with jobs as (

    select
        coalesce(sum(net_revenue_amount), 0) as net_amount
    from {{ ref('fct_jobs') }}

),

lines as (

    select
        coalesce(sum(net_amount), 0) as net_amount,
        coalesce(sum(case when job_key is null then net_amount else 0 end), 0) as jobless_amount
    from {{ ref('fct_invoice_lines') }}

)

select
    jobs.net_amount as job_amount,
    lines.jobless_amount,
    lines.net_amount
from jobs
cross join lines
where jobs.net_amount + lines.jobless_amount <> lines.net_amount
