with

leads as (

    select
        lead_key,
        customer_key,
        job_key,
        location_key,
        is_booked,
        created_at,
        first_contacted_at
    from {{ ref('fct_leads') }}

),

follow_ups as (

    select
        customer_key,
        occurred_at
    from {{ ref('fct_follow_ups') }}
    where
        kind != 'mail'
        and customer_key is not null

),

first_follow_ups as (

    select
        leads.lead_key,
        min(follow_ups.occurred_at) as followed_up_at
    from leads
    inner join follow_ups
        on leads.customer_key = follow_ups.customer_key
        and follow_ups.occurred_at >= leads.created_at
    group by leads.lead_key

),

leads_answered as (

    select
        leads.lead_key,
        leads.customer_key,
        leads.job_key,
        leads.location_key,
        leads.is_booked,
        leads.created_at,
        case
            when leads.first_contacted_at <= first_follow_ups.followed_up_at
                then leads.first_contacted_at
            else coalesce(first_follow_ups.followed_up_at, leads.first_contacted_at)
        end as answered_at
    from leads
    left join first_follow_ups
        on leads.lead_key = first_follow_ups.lead_key

),

final as (

    select
        lead_key,
        customer_key,
        job_key,
        location_key,
        -- A contact noted before the lead was made is a clock ahead of ours: no time passed.
        case
            when answered_at < created_at then 0
            else {{ seconds_between('created_at', 'answered_at') }}
        end as response_seconds,
        is_booked,
        created_at,
        answered_at
    from leads_answered

)

select * from final
