with costs as (

    select * from {{ ref('stg_servicetitan__campaign_costs') }}
    where
        cost_month between 1 and 12
        and cost_year between 2000 and 2100

),

campaigns as (

    select
        account,
        campaign_id,
        channel,
        campaign_code
    from {{ ref('int_canonical__campaigns_unioned') }}
    where source = 'servicetitan'

),

mailed_codes as (

    select campaign_code
    from {{ ref('int_canonical__campaigns_unioned') }}
    where
        source not in ('servicetitan', 'hubspot')
        and channel = 'direct_mail'
    group by campaign_code

),

months as (

    select
        costs.*,
        make_date(cast(costs.cost_year as integer), cast(costs.cost_month as integer), 1) as month_on,
        {{ month_end('make_date(cast(costs.cost_year as integer), cast(costs.cost_month as integer), 1)') }} as last_on
    from costs

),

-- The vendor keeps one cost a day for a month; a month that still runs has cost what its days so far cost.
counted as (

    select
        months.source,
        months.account,
        months.campaign_cost_id as cost_id,
        months.campaign_id,
        coalesce(campaigns.channel, 'other') as channel,
        mailed_codes.campaign_code is not null as is_billed_by_mail_vendor,
        {{ cents_half_even(
            'cast(months.daily_cost as decimal(18, 6)) * 100 * cast('
            ~ days_between('months.month_on', 'least(months.last_on, ' ~ local_date(as_of()) ~ ')')
            ~ ' + 1 as integer)'
        ) }} as amount_cents,
        months.month_on as incurred_on,
        months.is_deleted,
        months.updated_at,
        months.first_known_at,
        months.known_at
    from months
    left join campaigns
        on months.account = campaigns.account
        and months.campaign_id = campaigns.campaign_id
    left join mailed_codes
        on campaigns.campaign_code = mailed_codes.campaign_code
    where
        months.month_on <= {{ local_date(as_of()) }}
        and months.daily_cost is not null

)

select * from counted
