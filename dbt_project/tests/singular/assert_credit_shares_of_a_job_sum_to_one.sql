-- Tolerance 1e-9: shares are doubles. One line of each job is enough, all lines share alike.
with credits as (

    select
        job_key,
        model,
        window_label,
        coalesce(invoice_line_key, '(no line)') as line,
        sum(credit_share) as credit_share
    from {{ ref('bridge_attribution_credits') }}
    where job_key is not null
    group by
        job_key,
        model,
        window_label,
        coalesce(invoice_line_key, '(no line)')

)

select
    job_key,
    model,
    window_label,
    line,
    credit_share
from credits
where abs(credit_share - 1) > 0.000000001
