with lines as (

    select
        invoice_key,
        job_key,
        net_cents
    from {{ ref('int_money__lines_built') }}
    where is_counted

),

invoices as (

    select
        invoice_key,
        collected_cents
    from {{ ref('int_money__invoices_summed') }}

),

job_shares as (

    select
        invoice_key,
        job_key,
        cast(sum(net_cents) as bigint) as net_cents
    from lines
    group by
        invoice_key,
        job_key

),

shares_weighed as (

    select
        job_shares.invoice_key,
        job_shares.job_key,
        job_shares.net_cents,
        invoices.collected_cents,
        abs(job_shares.net_cents) as weight,
        cast(sum(abs(job_shares.net_cents)) over (partition by job_shares.invoice_key) as bigint) as weights,
        count(*) over (partition by job_shares.invoice_key) as job_count
    from job_shares
    inner join invoices
        on job_shares.invoice_key = invoices.invoice_key

),

-- An invoice over several jobs: its collected cents by largest remainder over the jobs' net amounts.
shares_floored as (

    select
        invoice_key,
        job_key,
        net_cents,
        collected_cents,
        job_count,
        case
            when job_count = 1 then abs(collected_cents)
            when weights = 0 then 0
            else cast(floor(cast(abs(collected_cents) as double) * weight / weights) as bigint)
        end as floor_cents,
        case
            when job_count = 1 or weights = 0 then 0
            else cast(abs(collected_cents) as double) * weight / weights
                - floor(cast(abs(collected_cents) as double) * weight / weights)
        end as remainder
    from shares_weighed

),

shares_ranked as (

    select
        invoice_key,
        job_key,
        net_cents,
        collected_cents,
        floor_cents,
        abs(collected_cents)
        - cast(sum(floor_cents) over (partition by invoice_key) as bigint) as cents_left,
        row_number() over (
            partition by invoice_key
            order by round(remainder, 6) desc, job_key nulls last
        ) as position
    from shares_floored

),

job_invoices as (

    select
        invoice_key,
        job_key,
        net_cents,
        cast(
            sign(collected_cents) * (floor_cents + case when position <= cents_left then 1 else 0 end)
            as bigint
        ) as collected_cents
    from shares_ranked

)

select * from job_invoices
