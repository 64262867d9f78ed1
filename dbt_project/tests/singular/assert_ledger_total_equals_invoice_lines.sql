{{ config(meta={'dagster': {'ref': {'name': 'bridge_attribution_credits'}}}) }}
-- Credits plus unattributed = net revenue, for every model and window.
with credits as (

    select
        model,
        window_label,
        sum(credit_amount) as credit_amount
    from {{ ref('bridge_attribution_credits') }}
    group by
        model,
        window_label

),

lines as (

    select coalesce(sum(net_amount), 0) as net_amount
    from {{ ref('fct_invoice_lines') }}

)

select
    credits.model,
    credits.window_label,
    credits.credit_amount,
    lines.net_amount
from credits
cross join lines
where credits.credit_amount <> lines.net_amount
