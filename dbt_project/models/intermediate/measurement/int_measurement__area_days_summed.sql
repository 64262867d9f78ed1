with areas as (

    select
        campaign_key,
        postal_code,
        min(window_starts_on) as window_starts_on,
        max(window_days) as window_days
    from {{ ref('int_measurement__areas_windowed') }}
    group by
        campaign_key,
        postal_code

),

jobs as (

    select
        job_key,
        customer_key,
        net_revenue_amount,
        margin_amount,
        {{ local_date('created_at') }} as created_on
    from {{ ref('fct_jobs') }}
    where is_eligible

),

service_addresses as (

    select
        {{ surrogate_key(['source', 'account', 'job_id']) }} as job_key,
        service_postal_code as postal_code
    from {{ ref('int_canonical__jobs_unioned') }}

),

customers as (

    select
        customer_key,
        postal_code
    from {{ ref('dim_customers') }}

),

jobs_placed as (

    select
        jobs.job_key,
        coalesce(service_addresses.postal_code, customers.postal_code) as postal_code,
        cast(coalesce(jobs.net_revenue_amount, 0) * 100 as bigint) as net_revenue_cents,
        cast(coalesce(jobs.margin_amount, 0) * 100 as bigint) as margin_cents,
        jobs.created_on
    from jobs
    left join service_addresses
        on jobs.job_key = service_addresses.job_key
    left join customers
        on jobs.customer_key = customers.customer_key

),

-- Half a year before the window is enough to learn how the areas move together.
area_days_summed as (

    select
        areas.campaign_key,
        areas.postal_code,
        {{ days_between('areas.window_starts_on', 'jobs_placed.created_on') }} as day,
        count(*) as jobs_count,
        cast(sum(jobs_placed.net_revenue_cents) as bigint) as net_revenue_cents,
        cast(sum(jobs_placed.margin_cents) as bigint) as margin_cents
    from areas
    inner join jobs_placed
        on areas.postal_code = jobs_placed.postal_code
        and jobs_placed.created_on >= {{ day_add('areas.window_starts_on', '-182') }}
        and jobs_placed.created_on < {{ day_add('areas.window_starts_on', 'areas.window_days') }}
    group by
        areas.campaign_key,
        areas.postal_code,
        {{ days_between('areas.window_starts_on', 'jobs_placed.created_on') }}

)

select * from area_days_summed
