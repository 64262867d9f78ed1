{{ config(meta={'dagster': {'ref': {'name': 'fct_payments'}}}) }}
-- Money of the plain facts equals the cents of their canonical tables; tolerance none.
with sums as (

    select
        'fct_payments' as fact,
        (select coalesce(sum(amount), 0) from {{ ref('fct_payments') }}) as fact_amount,
        (
            select coalesce({{ amount('sum(amount_cents)') }}, 0)
            from {{ ref('int_canonical__payments_unioned') }}
            where not is_deleted
        ) as canonical_amount
    union all
    select
        'fct_mail_costs',
        (select coalesce(sum(amount), 0) from {{ ref('fct_mail_costs') }}),
        (
            select coalesce({{ amount('sum(amount_cents)') }}, 0)
            from {{ ref('int_canonical__mail_costs_unioned') }}
            where not is_deleted
        )
    union all
    select
        'fct_marketing_costs',
        (select coalesce(sum(amount), 0) from {{ ref('fct_marketing_costs') }}),
        (
            select coalesce({{ amount('sum(amount_cents)') }}, 0)
            from {{ ref('int_canonical__marketing_costs_unioned') }}
            where not is_deleted
        )

)

select *
from sums
where fact_amount != canonical_amount
