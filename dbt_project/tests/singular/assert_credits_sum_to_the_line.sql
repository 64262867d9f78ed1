{{ config(meta={'dagster': {'ref': {'name': 'bridge_attribution_credits'}}}) }}
-- The credits of a line, model and window sum to the line's net amount, to the cent; none is left out.
with lines as (

    select
        invoice_line_key,
        net_amount
    from {{ ref('fct_invoice_lines') }}

),

models as (

    select
        model,
        window_label
    from {{ ref('int_credit__models_listed') }}

),

credits as (

    select
        invoice_line_key,
        model,
        window_label,
        sum(credit_amount) as credit_amount
    from {{ ref('bridge_attribution_credits') }}
    where invoice_line_key is not null
    group by
        invoice_line_key,
        model,
        window_label

)

select
    lines.invoice_line_key,
    models.model,
    models.window_label,
    lines.net_amount,
    credits.credit_amount
from lines
cross join models
left join credits
    on lines.invoice_line_key = credits.invoice_line_key
    and models.model = credits.model
    and models.window_label = credits.window_label
where
    credits.credit_amount is null
    or credits.credit_amount <> lines.net_amount
