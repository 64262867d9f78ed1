with summaries as (

    select
        campaign_key,
        account,
        location_key,
        campaign_name,
        model,
        window_label,
        pieces_mailed,
        pieces_in_home,
        direct_responses,
        jobs_booked,
        jobs_completed,
        net_revenue_amount,
        collected_amount,
        cost_amount
    from {{ ref('rpt_campaign_summary') }}

),

paid_jobs as (

    select
        campaign_key,
        location_key,
        sum(case when net_revenue_amount > 0 then cast(round(credit_share * 1000000000) as bigint) else 0 end)
            / 1000000000.0 as sold,
        sum(case when collected_amount > 0 then cast(round(credit_share * 1000000000) as bigint) else 0 end)
            / 1000000000.0 as collected
    from {{ ref('fct_job_credits') }}
    where
        is_headline
        and campaign_key is not null
    group by
        campaign_key,
        location_key

),

steps as (

    {% for step, count, amount in [
        ('mailed', 'summaries.pieces_mailed', 'summaries.cost_amount'),
        ('in home', 'summaries.pieces_in_home', 'null'),
        ('responded', 'summaries.direct_responses', 'null'),
        ('booked', 'summaries.jobs_booked', 'null'),
        ('completed', 'summaries.jobs_completed', 'null'),
        ('sold', 'coalesce(paid_jobs.sold, 0)', 'summaries.net_revenue_amount'),
        ('collected', 'coalesce(paid_jobs.collected, 0)', 'summaries.collected_amount'),
    ] -%}
    select
        summaries.campaign_key,
        summaries.account,
        summaries.location_key,
        summaries.campaign_name,
        summaries.model,
        summaries.window_label,
        '{{ step }}' as step,
        cast({{ loop.index }} as integer) as step_number,
        cast({{ count }} as double) as count,
        cast({{ amount }} as decimal(18, 2)) as amount
    from summaries
    left join paid_jobs
        on summaries.campaign_key = paid_jobs.campaign_key
        and summaries.location_key = paid_jobs.location_key
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

steps_compared as (

    select
        campaign_key,
        account,
        location_key,
        campaign_name,
        model,
        window_label,
        step,
        step_number,
        count,
        amount,
        cast(count / nullif(lag(count) over (
            partition by campaign_key, location_key
            order by step_number
        ), 0) as double) as share_of_previous
    from steps

)

select * from steps_compared
