with links as (

    select
        account,
        record_type,
        record_id,
        contact_id
    from {{ ref('int_canonical__hubspot_links_read') }}

),

contacts as (

    select
        account,
        contact_id,
        last_mail_sent_at,
        last_follow_up_at
    from {{ ref('stg_hubspot__contacts') }}

),

follow_ups as (

    select
        account,
        customer_id,
        max(case when kind = 'mail' then occurred_at end) as last_mail_sent_at,
        max(case when kind != 'mail' then occurred_at end) as last_follow_up_at
    from {{ ref('int_canonical__follow_ups_unioned') }}
    where
        source = 'hubspot'
        and customer_id is not null
        and not is_deleted
    group by
        account,
        customer_id

),

deals as (

    select * from {{ ref('stg_hubspot__deals') }}

),

-- Won and closed are flags of the portal where it has them, else words in the stage.
canonical as (

    select
        deals.source,
        deals.account,
        deals.deal_id,
        case when links.contact_id is not null then deals.source end as customer_source,
        case when links.contact_id is not null then deals.account end as customer_account,
        links.contact_id as customer_id,
        deals.name,
        deals.pipeline,
        deals.stage,
        case when deals.dispatch_account is not null then 'servicetitan' end as job_source,
        deals.dispatch_account as job_account,
        deals.job_reference as job_id,
        deals.job_number,
        deals.mail_campaign_id as campaign_id,
        deals.promo_code,
        deals.utm_source,
        deals.utm_medium,
        deals.utm_campaign,
        coalesce(deals.gclid, deals.google_click_id) as gclid,
        deals.currency_code,
        deals.amount_cents,
        coalesce(
            deals.is_closed,
            regexp_matches({{ normalised_word('deals.stage') }}, '(^| )(closed|closedwon|closedlost|won|lost)( |$)'),
            false
        ) as is_closed,
        coalesce(
            deals.is_won,
            regexp_matches({{ normalised_word('deals.stage') }}, '(^| )(closedwon|won)( |$)'),
            false
        ) as is_won,
        coalesce(deals.last_mail_sent_at, contacts.last_mail_sent_at, follow_ups.last_mail_sent_at) as last_mail_sent_at,
        coalesce(deals.last_follow_up_at, contacts.last_follow_up_at, follow_ups.last_follow_up_at) as last_follow_up_at,
        coalesce(deals.created_at, deals.record_created_at) as created_at,
        deals.closed_at,
        {{ version_columns('deals', 'coalesce(deals.is_archived, false)') }}
    from deals
    left join links
        on deals.account = links.account
        and links.record_type = 'deals'
        and deals.deal_id = links.record_id
    left join contacts
        on links.account = contacts.account
        and links.contact_id = contacts.contact_id
    left join follow_ups
        on links.account = follow_ups.account
        and links.contact_id = follow_ups.customer_id

)

select * from canonical
