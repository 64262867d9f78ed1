{#- CTE `unconvertible`: staged rows whose amounts are in a currency without a rate for their date. -#}
{% macro unconvertible_rows() -%}
    {%- set models = [
        ('stg_quickbooks__invoices', 'invoices', 'issued_on'),
        ('stg_quickbooks__payments', 'payments', 'paid_on'),
        ('stg_quickbooks__credit_memos', 'credit_memos', 'issued_on'),
        ('stg_quickbooks__refund_receipts', 'refund_receipts', 'issued_on'),
    ] -%}
    {%- for table in ['mail_costs', 'marketing_costs', 'invoices', 'credits', 'memberships',
        'mail_orders', 'jobs', 'estimates', 'payments', 'technicians', 'invoice_lines'] -%}
        {%- set money_day = money_on(table) | replace(
            'coalesce(updated_at, known_at)', 'coalesce(row_updated_at, updated_at, known_at)'
        ) -%}
        {%- do models.append(('stg_import__' ~ table, table, money_day)) -%}
    {%- endfor -%}
foreign_rows as (
{% for model, table, money_on in models %}
    select
        source,
        account,
        '{{ table }}' as table_name,
        record_id,
        currency_code,
        {{ money_on }} as money_on,
        known_at
    from {{ ref(model) }}
    where currency_code != {{ run_setting('currency_code') }}
    {% if not loop.last %}
    union all
    {% endif %}
{%- endfor %}

),

rates_begun as (

    select
        currency_code,
        min(rate_on) as begins_on
    from {{ ref('stg_matchback__setting_currency_rates') }}
    group by currency_code

),

unconvertible as (

    select
        foreign_rows.source,
        foreign_rows.account,
        foreign_rows.table_name,
        foreign_rows.record_id,
        foreign_rows.currency_code,
        foreign_rows.known_at
    from foreign_rows
    left join rates_begun
        on foreign_rows.currency_code = rates_begun.currency_code
        and foreign_rows.money_on >= rates_begun.begins_on
    where rates_begun.currency_code is null

),
{%- endmacro %}
