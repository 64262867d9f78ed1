with previous_credits as (

    select
        from_as_of,
        campaign_key,
        wave,
        model,
        window_label,
        job_key,
        credit_share,
        net_cents
    from {{ ref('int_credit__previous_credits_kept') }}

),

previous_jobs as (

    select
        job_key,
        customer_key,
        household_key,
        state
    from {{ ref('int_credit__previous_jobs_kept') }}

),

previous_lines as (

    select
        invoice_line_key,
        job_key,
        net_cents
    from {{ ref('int_credit__previous_lines_kept') }}

),

previous_costs as (

    select
        from_as_of,
        campaign_key,
        wave,
        response_window_days,
        cost_cents
    from {{ ref('int_credit__previous_costs_kept') }}

),

job_credits as (

    select
        campaign_key,
        coalesce(wave, '(none)') as wave,
        model,
        window_label,
        job_key,
        cast(sum(cast(net_revenue_amount * 100 as bigint)) as bigint) as net_cents
    from {{ ref('fct_job_credits') }}
    where campaign_key is not null
    group by
        campaign_key,
        coalesce(wave, '(none)'),
        model,
        window_label,
        job_key

),

jobs as (

    select
        job_key,
        customer_key,
        household_key,
        state
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
    where lines.job_key is not null

),

waves as (

    select
        campaign_key,
        wave,
        response_window_days,
        cast(
            coalesce(cast(unspread_cost_amount * 100 as bigint), 0)
            + coalesce(cast(piece_cost_amount * 100 as bigint), 0) as bigint
        ) as cost_cents,
        as_of_at
    from {{ ref('fct_campaign_waves') }}

),

builds as (

    select
        max(previous_costs.from_as_of) as from_as_of,
        max(waves.as_of_at) as to_as_of
    from waves
    left join previous_costs
        on waves.campaign_key = previous_costs.campaign_key

),

line_changes as (

    select
        coalesce(lines.job_key, previous_lines.job_key) as job_key,
        case
            when lines.kind in ('credit_memo', 'refund') then 'refund'
            when coalesce(lines.is_void, lines.invoice_line_key is null) then 'void'
            else 'late invoice'
        end as cause,
        coalesce(lines.net_cents, 0) - coalesce(previous_lines.net_cents, 0) as change_cents
    from lines
    full join previous_lines
        on lines.invoice_line_key = previous_lines.invoice_line_key
        and lines.job_key = previous_lines.job_key

),

job_changes as (

    select
        job_key,
        cast(sum(case when cause = 'refund' then change_cents else 0 end) as bigint) as refund_cents,
        cast(sum(case when cause = 'void' then change_cents else 0 end) as bigint) as void_cents,
        cast(sum(case when cause = 'late invoice' then change_cents else 0 end) as bigint) as invoice_cents
    from line_changes
    where change_cents <> 0
    group by job_key

),

credit_changes as (

    select
        coalesce(job_credits.campaign_key, previous_credits.campaign_key) as campaign_key,
        coalesce(job_credits.wave, previous_credits.wave) as wave,
        coalesce(job_credits.model, previous_credits.model) as model,
        coalesce(job_credits.window_label, previous_credits.window_label) as window_label,
        coalesce(job_credits.job_key, previous_credits.job_key) as job_key,
        coalesce(previous_credits.credit_share, 0) as previous_share,
        coalesce(job_credits.net_cents, 0) - coalesce(previous_credits.net_cents, 0) as change_cents
    from job_credits
    full join previous_credits
        on job_credits.campaign_key = previous_credits.campaign_key
        and job_credits.wave = previous_credits.wave
        and job_credits.model = previous_credits.model
        and job_credits.window_label = previous_credits.window_label
        and job_credits.job_key = previous_credits.job_key

),

-- The job's own change at the share it had before; what is left is a change of the share.
credit_changes_split as (

    select
        credit_changes.campaign_key,
        credit_changes.wave,
        credit_changes.model,
        credit_changes.window_label,
        credit_changes.change_cents,
        cast(round(credit_changes.previous_share * coalesce(job_changes.refund_cents, 0), 0) as bigint)
            as refund_cents,
        cast(round(credit_changes.previous_share * coalesce(job_changes.void_cents, 0), 0) as bigint) as void_cents,
        cast(round(credit_changes.previous_share * coalesce(job_changes.invoice_cents, 0), 0) as bigint)
            as invoice_cents,
        previous_jobs.job_key is null as is_new_job,
        coalesce(
            jobs.customer_key is distinct from previous_jobs.customer_key
            or jobs.household_key is distinct from previous_jobs.household_key,
            false
        ) as is_identity_changed,
        coalesce(jobs.state, 'Cancelled') in ('Cancelled', 'No Show')
        and previous_jobs.state not in ('Cancelled', 'No Show') as is_cancelled,
        coalesce(waves.response_window_days <> previous_costs.response_window_days, false)
        and credit_changes.window_label = 'campaign' as is_rule_changed
    from credit_changes
    left join job_changes
        on credit_changes.job_key = job_changes.job_key
    left join previous_jobs
        on credit_changes.job_key = previous_jobs.job_key
    left join jobs
        on credit_changes.job_key = jobs.job_key
    left join waves
        on credit_changes.campaign_key = waves.campaign_key
        and credit_changes.wave = waves.wave
    left join previous_costs
        on credit_changes.campaign_key = previous_costs.campaign_key
        and credit_changes.wave = previous_costs.wave

),

causes as (

    select
        campaign_key,
        wave,
        model,
        window_label,
        'net_revenue' as measure,
        case
            when is_new_job then 'new job'
            when is_identity_changed then 'identity change'
            when is_rule_changed then 'rule change'
            when model in ('markov', 'shapley') then 'model refit'
            else 're-match'
        end as cause,
        case
            when is_new_job then change_cents
            else change_cents - refund_cents - void_cents - invoice_cents
        end as change_cents
    from credit_changes_split
    {% for column, cause in [
        ('refund_cents', "'refund'"),
        ('void_cents', "'void'"),
        ('invoice_cents', "case when is_cancelled and invoice_cents < 0 then 'cancellation' else 'late invoice' end"),
    ] -%}
    union all
    select
        campaign_key,
        wave,
        model,
        window_label,
        'net_revenue' as measure,
        {{ cause }} as cause,
        {{ column }} as change_cents
    from credit_changes_split
    where not is_new_job
    {% endfor -%}
    union all
    select
        coalesce(waves.campaign_key, previous_costs.campaign_key) as campaign_key,
        coalesce(waves.wave, previous_costs.wave) as wave,
        '(all)' as model,
        '(all)' as window_label,
        'cost' as measure,
        'cost change' as cause,
        coalesce(waves.cost_cents, 0) - coalesce(previous_costs.cost_cents, 0) as change_cents
    from waves
    full join previous_costs
        on waves.campaign_key = previous_costs.campaign_key
        and waves.wave = previous_costs.wave

),

restatements_explained as (

    select
        causes.campaign_key,
        causes.wave,
        causes.model,
        causes.window_label,
        causes.measure,
        causes.cause,
        builds.from_as_of,
        builds.to_as_of,
        cast(sum(causes.change_cents) as bigint) as change_cents
    from causes
    cross join builds
    where builds.from_as_of is not null
    group by
        causes.campaign_key,
        causes.wave,
        causes.model,
        causes.window_label,
        causes.measure,
        causes.cause,
        builds.from_as_of,
        builds.to_as_of
    having sum(causes.change_cents) <> 0

)

select * from restatements_explained
