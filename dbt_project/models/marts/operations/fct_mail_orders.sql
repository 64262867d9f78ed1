with

mail_orders as (

    select
        source,
        account,
        mail_order_id,
        campaign_source,
        campaign_account,
        campaign_id,
        wave,
        quantity_ordered,
        quantity_billed,
        billed_cents,
        promised_drop_on,
        ordered_at,
        known_at
    from {{ ref('int_canonical__mail_orders_unioned') }}
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
            'mail_orders.source',
            'mail_orders.account',
            'mail_orders.mail_order_id'
        ]) }} as mail_order_key,
        mail_orders.source,
        mail_orders.account,
        {{ masked_text('mail_orders.mail_order_id') }} as mail_order_id,
        coalesce(
            campaigns.campaign_key,
            case
                when mail_orders.campaign_id is not null
                    then {{ surrogate_key([
            'mail_orders.campaign_source',
            'mail_orders.campaign_account',
            'mail_orders.campaign_id'
        ]) }}
            end
        ) as campaign_key,
        coalesce(
            account_locations.location_key,
            'main'
        ) as location_key,
        mail_orders.wave,
        mail_orders.quantity_ordered,
        mail_orders.quantity_billed,
        {{ amount('mail_orders.billed_cents') }} as billed_amount,
        mail_orders.promised_drop_on,
        {{ local_date('mail_orders.ordered_at') }} as ordered_on,
        {{ local_date('mail_orders.known_at') }} as known_on,
        mail_orders.ordered_at,
        mail_orders.known_at
    from mail_orders
    left join campaigns
        on mail_orders.campaign_source = campaigns.source
        and mail_orders.campaign_account = campaigns.account
        and mail_orders.campaign_id = campaigns.campaign_id
    left join account_locations
        on mail_orders.source = account_locations.source
        and mail_orders.account = account_locations.account
        and account_locations.division is null

)

select * from final
