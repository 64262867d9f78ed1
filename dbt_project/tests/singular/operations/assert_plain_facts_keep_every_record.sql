{{ config(meta={'dagster': {'ref': {'name': 'fct_leads'}}}) }}
-- Each plain fact has exactly the records of its canonical table that are not deleted.
{% set facts = {
    'fct_leads': 'leads', 'fct_bookings': 'bookings', 'fct_estimates': 'estimates',
    'fct_appointments': 'appointments', 'fct_payments': 'payments', 'fct_memberships': 'memberships',
    'fct_mail_costs': 'mail_costs', 'fct_mail_orders': 'mail_orders',
    'fct_marketing_costs': 'marketing_costs', 'fct_follow_ups': 'follow_ups', 'fct_shifts': 'shifts',
    'fct_timesheets': 'timesheets'
} %}
with counts as (

    {% for fact, table in facts.items() -%}
    select
        '{{ fact }}' as fact,
        (select count(*) from {{ ref(fact) }}) as fact_count,
        (
            select count(*)
            from {{ ref('int_canonical__' ~ table ~ '_unioned') }}
            where not is_deleted
        ) as canonical_count
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select *
from counts
where fact_count != canonical_count
