with

mail_costs as (

    select
        source,
        account,
        cost_id,
        campaign_source,
        campaign_account,
        campaign_id,
        mail_piece_source,
        mail_piece_account,
        mail_piece_id,
        wave,
        element,
        amount_cents,
        incurred_on,
        known_at
    from {{ ref('int_canonical__mail_costs_unioned') }}
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
            'mail_costs.source',
            'mail_costs.account',
            'mail_costs.cost_id'
        ]) }} as mail_cost_key,
        mail_costs.source,
        mail_costs.account,
        {{ masked_text('mail_costs.cost_id') }} as cost_id,
        coalesce(
            campaigns.campaign_key,
            case
                when mail_costs.campaign_id is not null
                    then {{ surrogate_key([
            'mail_costs.campaign_source',
            'mail_costs.campaign_account',
            'mail_costs.campaign_id'
        ]) }}
            end
        ) as campaign_key,
        case
            when mail_costs.mail_piece_id is not null
                then {{ surrogate_key([
            'mail_costs.mail_piece_source',
            'mail_costs.mail_piece_account',
            'mail_costs.mail_piece_id'
        ]) }}
        end as mail_piece_key,
        coalesce(
            account_locations.location_key,
            'main'
        ) as location_key,
        mail_costs.wave,
        mail_costs.element,
        {{ amount('mail_costs.amount_cents') }} as amount,
        mail_costs.incurred_on,
        {{ local_date('mail_costs.known_at') }} as known_on,
        mail_costs.known_at
    from mail_costs
    left join campaigns
        on mail_costs.campaign_source = campaigns.source
        and mail_costs.campaign_account = campaigns.account
        and mail_costs.campaign_id = campaigns.campaign_id
    left join account_locations
        on mail_costs.source = account_locations.source
        and mail_costs.account = account_locations.account
        and account_locations.division is null

)

select * from final
