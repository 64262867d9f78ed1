with months as (

    select
        account,
        month_on,
        books_source,
        books_cents
    from {{ ref('int_money__months_tied') }}

),

lines as (

    select
        invoice_line_key,
        account,
        happened_on
    from {{ ref('fct_invoice_lines') }}

),

credits as (

    select
        model,
        window_label,
        invoice_line_key,
        channel,
        unattributed_reason,
        credit_amount
    from {{ ref('bridge_attribution_credits') }}
    where
        is_headline
        and invoice_line_key is not null

),

models as (

    select
        model,
        window_label
    from {{ ref('int_credit__models_listed') }}
    where is_headline

),

credit_months as (

    select
        lines.account,
        {{ month_start('lines.happened_on') }} as month_on,
        sum(case when credits.unattributed_reason is null then credits.credit_amount else 0 end)
            as attributed_amount,
        sum(case when credits.unattributed_reason = 'no touch in window' then credits.credit_amount else 0 end)
            as unattributed_amount,
        sum(case when credits.unattributed_reason = 'not eligible' then credits.credit_amount else 0 end)
            as not_eligible_amount,
        sum(case when credits.unattributed_reason = 'no job' then credits.credit_amount else 0 end)
            as no_job_amount
    from credits
    inner join lines
        on credits.invoice_line_key = lines.invoice_line_key
    group by
        lines.account,
        {{ month_start('lines.happened_on') }}

),

months_tied as (

    select
        months.month_on,
        months.account,
        '(all)' as location_key,
        models.model,
        models.window_label,
        months.books_source,
        {{ amount('months.books_cents') }} as books_income_amount,
        cast(coalesce(credit_months.attributed_amount, 0) as decimal(18, 2)) as attributed_amount,
        cast(coalesce(credit_months.unattributed_amount, 0) as decimal(18, 2)) as unattributed_amount,
        cast(coalesce(credit_months.not_eligible_amount, 0) as decimal(18, 2)) as not_eligible_amount,
        cast(coalesce(credit_months.no_job_amount, 0) as decimal(18, 2)) as no_job_amount,
        cast(
            {{ amount('months.books_cents') }}
            - coalesce(credit_months.attributed_amount, 0)
            - coalesce(credit_months.unattributed_amount, 0)
            - coalesce(credit_months.not_eligible_amount, 0)
            - coalesce(credit_months.no_job_amount, 0)
            as decimal(18, 2)
        ) as unreconciled_amount
    from months
    cross join models
    left join credit_months
        on months.account = credit_months.account
        and months.month_on = credit_months.month_on

)

select * from months_tied
