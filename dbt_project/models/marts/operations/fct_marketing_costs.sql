with

marketing_costs as (

    select
        source,
        account,
        cost_id,
        campaign_source,
        campaign_account,
        campaign_id,
        location,
        channel,
        amount_cents,
        incurred_on,
        known_at
    from {{ ref('int_canonical__marketing_costs_unioned') }}
    where not is_deleted

),

campaigns as (

    select
        source,
        account,
        campaign_id,
        campaign_key
    from {{ ref('int_campaigns__linked') }}

),

account_locations as (

    select
        source,
        account,
        division,
        location_key
    from {{ ref('int_operations__divisions_located') }}

),

final as (

    select
        {{ surrogate_key([
            'marketing_costs.source',
            'marketing_costs.account',
            'marketing_costs.cost_id'
        ]) }} as marketing_cost_key,
        marketing_costs.source,
        marketing_costs.account,
        {{ masked_text('marketing_costs.cost_id') }} as cost_id,
        coalesce(
            campaigns.campaign_key,
            case
                when marketing_costs.campaign_id is not null
                    then {{ surrogate_key([
            'marketing_costs.campaign_source',
            'marketing_costs.campaign_account',
            'marketing_costs.campaign_id'
        ]) }}
            end
        ) as campaign_key,
        coalesce(
            division_locations.location_key,
            account_locations.location_key,
            'main'
        ) as location_key,
        marketing_costs.channel,
        {{ amount('marketing_costs.amount_cents') }} as amount,
        marketing_costs.incurred_on,
        {{ local_date('marketing_costs.known_at') }} as known_on,
        marketing_costs.known_at
    from marketing_costs
    left join campaigns
        on marketing_costs.campaign_source = campaigns.source
        and marketing_costs.campaign_account = campaigns.account
        and marketing_costs.campaign_id = campaigns.campaign_id
    left join account_locations as division_locations
        on marketing_costs.source = division_locations.source
        and marketing_costs.account = division_locations.account
        and marketing_costs.location = division_locations.division
    left join account_locations
        on marketing_costs.source = account_locations.source
        and marketing_costs.account = account_locations.account
        and account_locations.division is null

)

select * from final
