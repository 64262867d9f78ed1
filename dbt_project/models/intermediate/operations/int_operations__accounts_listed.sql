with

account_rows as (

    {% for table in [
        'customers', 'campaigns', 'mail_pieces', 'mail_orders', 'mail_costs', 'marketing_costs',
        'leads', 'bookings', 'jobs', 'appointments', 'estimates', 'technicians', 'invoices',
        'payments', 'memberships', 'follow_ups', 'touches', 'api_calls'
    ] -%}
    select
        source,
        account
    from {{ ref('int_canonical__' ~ table ~ '_unioned') }}
    group by
        source,
        account
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (

    select
        source,
        account
    from account_rows
    group by
        source,
        account

)

select * from final
