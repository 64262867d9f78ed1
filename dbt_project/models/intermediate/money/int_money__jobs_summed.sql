with recursive jobs as (

    select
        job_key,
        job_class,
        callback_of_job_key
    from {{ ref('int_jobs__keyed') }}

),

lines as (

    select
        job_key,
        kind,
        net_cents,
        cost_cents
    from {{ ref('int_money__lines_built') }}
    where
        is_counted
        and job_key is not null

),

job_invoices as (

    select
        job_key,
        cast(sum(collected_cents) as bigint) as collected_cents,
        count(*) as invoice_count
    from {{ ref('int_money__job_invoices_collected') }}
    where job_key is not null
    group by job_key

),

labour as (

    select
        job_key,
        labour_cost_cents
    from {{ ref('int_money__job_labour_costed') }}

),

margin_rates as (

    select
        job_class,
        margin_rate
    from {{ ref('stg_matchback__setting_margin_rates') }}

),

lines_classed as (

    select
        lines.job_key,
        lines.net_cents,
        lines.cost_cents,
        case
            when lines.kind in ('tax', 'deposit', 'discount', 'fee', 'credit_memo', 'refund') then 'free'
            when lines.cost_cents is not null then 'known'
            when lines.kind = 'labor' and labour.labour_cost_cents is not null then 'known'
            else 'unknown'
        end as cost_kind,
        lines.kind = 'labor' and lines.cost_cents is not null as has_labour_cost
    from lines
    left join labour
        on lines.job_key = labour.job_key

),

line_sums as (

    select
        job_key,
        cast(sum(net_cents) as bigint) as net_cents,
        cast(sum(case when cost_kind = 'known' then net_cents else 0 end) as bigint) as known_net_cents,
        cast(sum(case when cost_kind = 'unknown' then net_cents else 0 end) as bigint) as unknown_net_cents,
        cast(sum(case when cost_kind = 'free' then net_cents else 0 end) as bigint) as free_net_cents,
        cast(sum(case when cost_kind = 'known' then abs(net_cents) else 0 end) as bigint) as known_weight,
        cast(sum(case when cost_kind = 'unknown' then abs(net_cents) else 0 end) as bigint) as unknown_weight,
        cast(sum(coalesce(cost_cents, 0)) as bigint) as line_cost_cents,
        count(*) filter (where cost_kind = 'known') as known_count,
        count(*) filter (where cost_kind = 'unknown') as unknown_count,
        max(has_labour_cost) as has_labour_cost
    from lines_classed
    group by job_key

),

-- Revenue whose costs are unknown earns the rate of the job's class; what has no cost of its own (discounts,
-- credit memos) follows the two in proportion.
sums_weighed as (

    select
        line_sums.job_key,
        line_sums.net_cents,
        line_sums.known_net_cents,
        line_sums.unknown_net_cents,
        line_sums.free_net_cents,
        line_sums.line_cost_cents
        + case when line_sums.has_labour_cost then 0 else coalesce(labour.labour_cost_cents, 0) end as cost_cents,
        case
            when line_sums.known_weight + line_sums.unknown_weight > 0
                then cast(line_sums.unknown_weight as double)
                    / (line_sums.known_weight + line_sums.unknown_weight)
            when line_sums.known_count > 0 then 0.0
            else 1.0
        end as estimated_share,
        cast(coalesce(margin_rates.margin_rate, default_rates.margin_rate) as double) as margin_rate
    from line_sums
    inner join jobs
        on line_sums.job_key = jobs.job_key
    left join labour
        on line_sums.job_key = labour.job_key
    left join margin_rates
        on jobs.job_class = margin_rates.job_class
    left join margin_rates as default_rates
        on default_rates.job_class = 'demand'

),

margins as (

    select
        job_key,
        net_cents,
        case
            when estimated_share = 0 then net_cents - cost_cents
            when estimated_share = 1 then cast(round(net_cents * margin_rate, 0) as bigint)
            else cast(round(
                known_net_cents - cost_cents
                + unknown_net_cents * margin_rate
                + free_net_cents * ((1 - estimated_share) + estimated_share * margin_rate),
                0
            ) as bigint)
        end as margin_cents,
        case
            when estimated_share = 0 then 'actual'
            when estimated_share = 1 then 'rate'
            else 'mixed'
        end as margin_basis,
        estimated_share
    from sums_weighed

),

callbacks as (

    select
        jobs.job_key,
        jobs.callback_of_job_key as redone_job_key,
        1 as steps
    from jobs
    inner join jobs as redone_jobs
        on jobs.callback_of_job_key = redone_jobs.job_key
    where jobs.callback_of_job_key <> jobs.job_key
    union all
    select
        callbacks.job_key,
        redone_jobs.callback_of_job_key as redone_job_key,
        callbacks.steps + 1 as steps
    from callbacks
    inner join jobs as redone_jobs
        on callbacks.redone_job_key = redone_jobs.job_key
    inner join jobs as first_jobs
        on redone_jobs.callback_of_job_key = first_jobs.job_key
    where
        redone_jobs.callback_of_job_key <> redone_jobs.job_key
        and callbacks.steps < 10

),

-- The visit redone at last: of a callback on a callback the first job. Two that redo each other keep their own.
redone_jobs as (

    select
        callbacks.job_key,
        arg_max(callbacks.redone_job_key, callbacks.steps) as redone_job_key
    from callbacks
    group by callbacks.job_key
    having max(callbacks.steps) < 10

),

-- A callback is paid for by the job it redoes: its margin, mostly a loss, moves there.
callback_margins as (

    select
        redone_jobs.redone_job_key as job_key,
        cast(sum(coalesce(margins.margin_cents, -labour.labour_cost_cents, 0)) as bigint) as margin_cents
    from redone_jobs
    left join margins
        on redone_jobs.job_key = margins.job_key
    left join labour
        on redone_jobs.job_key = labour.job_key
    group by redone_jobs.redone_job_key

),

jobs_summed as (

    select
        jobs.job_key,
        coalesce(margins.net_cents, 0) as net_cents,
        coalesce(job_invoices.collected_cents, 0) as collected_cents,
        case
            when redone_jobs.job_key is not null then 0
            else coalesce(margins.margin_cents, case when margins.job_key is null then 0 end)
                + coalesce(callback_margins.margin_cents, 0)
        end as margin_cents,
        case
            when redone_jobs.job_key is not null then 'charged to the job it redoes'
            else margins.margin_basis
        end as margin_basis,
        margins.estimated_share as margin_estimated_share,
        coalesce(job_invoices.invoice_count, 0) as invoice_count
    from jobs
    left join margins
        on jobs.job_key = margins.job_key
    left join job_invoices
        on jobs.job_key = job_invoices.job_key
    left join redone_jobs
        on jobs.job_key = redone_jobs.job_key
    left join callback_margins
        on jobs.job_key = callback_margins.job_key

)

select * from jobs_summed
