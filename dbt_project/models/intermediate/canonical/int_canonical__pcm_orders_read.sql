with orders as (

    select
        source,
        account,
        order_id,
        batch_id,
        design_id,
        external_reference,
        status,
        mail_class,
        mail_on,
        ordered_at,
        is_deleted,
        updated_at,
        first_known_at,
        known_at
    from {{ ref('stg_pcm__orders') }}

),

recipients as (

    select
        account,
        order_id,
        count(*) as recipient_count,
        min(external_reference) as first_reference
    from {{ ref('stg_pcm__recipients') }}
    where not is_deleted
    group by
        account,
        order_id

),

batches as (

    select
        account,
        batch_id,
        status,
        starts_processing_at
    from {{ ref('stg_pcm__batches') }}

),

designs as (

    select
        account,
        design_id,
        name,
        size
    from {{ ref('stg_pcm__designs') }}

),

-- The operator may say what an account's order reference is; else an account that orders
-- each card by itself (never more than one recipient, many orders) names persons in it.
settings as (

    select
        nullif(account, '') as account,
        min(field_name) as reference_kind
    from {{ ref('stg_matchback__setting_code_fields') }}
    where
        source = 'pcm'
        and entity = 'order_reference'
    group by nullif(account, '')

),

accounts_judged as (

    select
        orders.account,
        coalesce(
            min(settings.reference_kind),
            case
                when count(*) >= 20 and max(recipients.recipient_count) = 1
                    and count(distinct {{ reference_campaign('orders.external_reference') }}) > 0.5 * count(*)
                    then 'person'
                else 'campaign'
            end
        ) as reference_kind
    from orders
    left join recipients
        on orders.account = recipients.account
        and orders.order_id = recipients.order_id
    left join settings
        on coalesce(settings.account, orders.account) = orders.account
    group by orders.account

),

read as (

    select
        orders.source,
        orders.account,
        orders.order_id,
        orders.batch_id,
        orders.design_id,
        designs.name as design_name,
        designs.size,
        orders.external_reference,
        accounts_judged.reference_kind,
        case
            when accounts_judged.reference_kind = 'person' and orders.batch_id is not null
                then concat('batch-', orders.batch_id)
            when accounts_judged.reference_kind = 'person' then concat('order-', orders.order_id)
            else coalesce({{ reference_campaign('orders.external_reference') }}, concat('order-', orders.order_id))
        end as campaign_id,
        case
            when accounts_judged.reference_kind = 'person' then '1'
            else {{ reference_wave('orders.external_reference') }}
        end as wave,
        orders.status,
        batches.status as batch_status,
        case
            when {{ normalised_word('orders.mail_class') }} in ('firstclass', 'first class') then 'first_class'
            when {{ normalised_word('orders.mail_class') }} = 'standard' then 'marketing'
            else {{ typed('orders.mail_class', 'word') }}
        end as mail_class,
        coalesce(recipients.recipient_count, 0) as recipient_count,
        coalesce(orders.mail_on, {{ local_date('batches.starts_processing_at') }}) as mail_on,
        orders.ordered_at,
        orders.is_deleted,
        orders.updated_at,
        orders.first_known_at,
        orders.known_at
    from orders
    inner join accounts_judged
        on orders.account = accounts_judged.account
    left join recipients
        on orders.account = recipients.account
        and orders.order_id = recipients.order_id
    left join batches
        on orders.account = batches.account
        and orders.batch_id = batches.batch_id
    left join designs
        on orders.account = designs.account
        and orders.design_id = designs.design_id

)

select * from read
