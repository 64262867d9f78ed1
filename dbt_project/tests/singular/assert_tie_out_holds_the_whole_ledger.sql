{{ config(meta={'dagster': {'ref': {'name': 'rpt_revenue_tie_out'}}}) }}
-- The months of the tie-out together hold every cent of the headline ledger.
with tie_out as (

    select
        coalesce(
            sum(attributed_amount + unattributed_amount + not_eligible_amount + no_job_amount),
            0
        ) as ledger_amount
    from {{ ref('rpt_revenue_tie_out') }}

),

lines as (

    select coalesce(sum(net_amount), 0) as net_amount
    from {{ ref('fct_invoice_lines') }}

)

select
    tie_out.ledger_amount,
    lines.net_amount
from tie_out
cross join lines
where tie_out.ledger_amount <> lines.net_amount
