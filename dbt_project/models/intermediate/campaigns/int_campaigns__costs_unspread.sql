with mail_costs as (

    select
        campaign_key,
        wave,
        cost_cents
    from {{ ref('int_mail__costs_unspread') }}

),

marketing_costs as (

    select
        campaign_source,
        campaign_account,
        campaign_id,
        amount_cents
    from {{ ref('int_canonical__marketing_costs_unioned') }}
    where
        campaign_id is not null
        and not coalesce(is_deleted, false)

),

campaign_references as (

    select
        source,
        account,
        campaign_id,
        campaign_key
    from {{ ref('int_campaigns__references_resolved') }}

),

campaigns as (

    select
        campaign_key,
        channel
    from {{ ref('int_campaigns__described') }}

),

-- The costs of a mail campaign are its mail costs; dispatch often repeats them as a campaign cost.
other_costs as (

    select
        campaigns.campaign_key,
        '(none)' as wave,
        cast(sum(marketing_costs.amount_cents) as bigint) as cost_cents
    from marketing_costs
    inner join campaign_references
        on marketing_costs.campaign_source = campaign_references.source
        and marketing_costs.campaign_account = campaign_references.account
        and marketing_costs.campaign_id = campaign_references.campaign_id
    inner join campaigns
        on campaign_references.campaign_key = campaigns.campaign_key
    where campaigns.channel <> 'direct_mail'
    group by campaigns.campaign_key

),

costs_unspread as (

    select
        campaign_key,
        wave,
        cost_cents
    from mail_costs
    union all
    select
        campaign_key,
        wave,
        cost_cents
    from other_costs

)

select * from costs_unspread
