with campaigns as (

    select
        source,
        account,
        campaign_id,
        coalesce(campaign_code, {{ normalised_code('campaign_id') }}) as campaign_code,
        channel,
        true as is_recorded
    from {{ ref('int_canonical__campaigns_unioned') }}

),

mail_pieces as (

    select
        campaign_source as source,
        campaign_account as account,
        campaign_id,
        count(*) as piece_count
    from {{ ref('int_canonical__mail_pieces_unioned') }}
    where campaign_id is not null
    group by
        campaign_source,
        campaign_account,
        campaign_id

),

campaign_members as (

    select
        campaign_source as source,
        campaign_account as account,
        campaign_id
    from {{ ref('int_canonical__campaign_members_unioned') }}
    where campaign_id is not null
    group by
        campaign_source,
        campaign_account,
        campaign_id

),

mail_costs as (

    select
        campaign_source as source,
        campaign_account as account,
        campaign_id
    from {{ ref('int_canonical__mail_costs_unioned') }}
    where campaign_id is not null
    group by
        campaign_source,
        campaign_account,
        campaign_id

),

aliases as (

    select
        source,
        account,
        campaign_id,
        canonical_source,
        canonical_account,
        canonical_campaign_id
    from {{ ref('stg_matchback__setting_campaign_aliases') }}

),

campaigns_mentioned as (

    select
        source,
        account,
        campaign_id
    from mail_pieces
    union
    select
        source,
        account,
        campaign_id
    from campaign_members
    union
    select
        source,
        account,
        campaign_id
    from mail_costs

),

-- Pieces, members and costs may come without a campaign record: the mention makes the campaign.
campaigns_completed as (

    select
        source,
        account,
        campaign_id,
        campaign_code,
        channel,
        is_recorded
    from campaigns
    union all
    select
        campaigns_mentioned.source,
        campaigns_mentioned.account,
        campaigns_mentioned.campaign_id,
        {{ normalised_code('campaigns_mentioned.campaign_id') }} as campaign_code,
        'direct_mail' as channel,
        false as is_recorded
    from campaigns_mentioned
    left join campaigns
        on campaigns_mentioned.source = campaigns.source
        and campaigns_mentioned.account = campaigns.account
        and campaigns_mentioned.campaign_id = campaigns.campaign_id
    where campaigns.campaign_id is null

),

campaigns_counted as (

    select
        campaigns_completed.source,
        campaigns_completed.account,
        campaigns_completed.campaign_id,
        campaigns_completed.campaign_code,
        campaigns_completed.channel,
        campaigns_completed.is_recorded,
        coalesce(mail_pieces.piece_count, 0) as piece_count,
        count(*) over (
            partition by
                campaigns_completed.source,
                campaigns_completed.account,
                campaigns_completed.campaign_code
        ) as namesake_count
    from campaigns_completed
    left join mail_pieces
        on campaigns_completed.source = mail_pieces.source
        and campaigns_completed.account = mail_pieces.account
        and campaigns_completed.campaign_id = mail_pieces.campaign_id

),

-- A name that one vendor account uses twice (last year's and this year's) says nothing about identity.
codes as (

    select
        campaign_code,
        max(namesake_count) = 1 as is_unambiguous
    from campaigns_counted
    where campaign_code is not null
    group by campaign_code

),

campaigns_grouped as (

    select
        campaigns_counted.source,
        campaigns_counted.account,
        campaigns_counted.campaign_id,
        campaigns_counted.campaign_code,
        campaigns_counted.channel,
        campaigns_counted.is_recorded,
        campaigns_counted.piece_count,
        case
            when codes.is_unambiguous then campaigns_counted.campaign_code
            else {{ surrogate_key(['campaigns_counted.source', 'campaigns_counted.account', 'campaigns_counted.campaign_id']) }}
        end as group_code
    from campaigns_counted
    left join codes
        on campaigns_counted.campaign_code = codes.campaign_code

),

-- The mail vendor's record names the campaign: the one with pieces, else the one of channel direct mail.
campaigns_ranked as (

    select
        source,
        account,
        campaign_id,
        campaign_code,
        group_code,
        first_value(source) over winner as group_source,
        first_value(account) over winner as group_account,
        first_value(campaign_id) over winner as group_campaign_id,
        is_recorded
    from campaigns_grouped
    window winner as (
        partition by group_code
        order by
            piece_count > 0 desc,
            channel = 'direct_mail' desc nulls last,
            is_recorded desc,
            source,
            account,
            campaign_id
    )

),

campaigns_linked as (

    select
        campaigns_ranked.source,
        campaigns_ranked.account,
        campaigns_ranked.campaign_id,
        campaigns_ranked.campaign_code,
        coalesce(targets.group_source, aliases.canonical_source, campaigns_ranked.group_source) as canonical_source,
        coalesce(targets.group_account, aliases.canonical_account, campaigns_ranked.group_account) as canonical_account,
        coalesce(targets.group_campaign_id, aliases.canonical_campaign_id, campaigns_ranked.group_campaign_id)
            as canonical_campaign_id,
        campaigns_ranked.is_recorded,
        aliases.campaign_id is not null as is_aliased
    from campaigns_ranked
    left join aliases
        on campaigns_ranked.source = aliases.source
        and campaigns_ranked.account = aliases.account
        and campaigns_ranked.campaign_id = aliases.campaign_id
    left join campaigns_ranked as targets
        on aliases.canonical_source = targets.source
        and aliases.canonical_account = targets.account
        and aliases.canonical_campaign_id = targets.campaign_id

),

campaigns_keyed as (

    select
        {{ surrogate_key(['canonical_source', 'canonical_account', 'canonical_campaign_id']) }} as campaign_key,
        source,
        account,
        campaign_id,
        canonical_source,
        canonical_account,
        canonical_campaign_id,
        campaign_code,
        case
            when is_aliased then 'alias'
            when source = canonical_source
                and account = canonical_account
                and campaign_id = canonical_campaign_id then 'own'
            else 'code'
        end as link_method,
        is_recorded
    from campaigns_linked

)

select * from campaigns_keyed
