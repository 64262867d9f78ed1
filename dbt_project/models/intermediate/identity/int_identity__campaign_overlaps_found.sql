with

campaigns as (

    select
        source,
        account,
        campaign_id,
        name,
        goal,
        started_on,
        ended_on,
        response_window_days
    from {{ ref('int_canonical__campaigns_unioned') }}
    where
        not is_deleted
        and nullif(trim(goal), '') is not null

),

campaign_members as (

    select
        source,
        account,
        member_id,
        recipient_id,
        customer_source,
        customer_account,
        customer_id,
        campaign_source,
        campaign_account,
        campaign_id,
        wave,
        arm,
        assigned_at
    from {{ ref('int_canonical__campaign_members_unioned') }}
    where not is_deleted

),

records as (

    select
        source,
        account,
        entity,
        customer_id,
        customer_key
    from {{ ref('int_identity__records_keyed') }}

),

members as (

    select
        coalesce(
            customer_records.customer_key,
            recipient_records.customer_key
        ) as customer_key,
        campaign_members.campaign_source,
        campaign_members.campaign_account,
        campaign_members.campaign_id,
        min(campaign_members.assigned_at) as assigned_at
    from campaign_members
    left join records as customer_records
        on campaign_members.customer_source = customer_records.source
        and campaign_members.customer_account = customer_records.account
        and campaign_members.customer_id = customer_records.customer_id
        and customer_records.entity = 'customer'
    left join records as recipient_records
        on campaign_members.source = recipient_records.source
        and campaign_members.account = recipient_records.account
        and coalesce(campaign_members.recipient_id, campaign_members.member_id)
            = recipient_records.customer_id
        and recipient_records.entity = 'recipient'
    where
        campaign_members.arm = 'mailed'
        and coalesce(customer_records.customer_key, recipient_records.customer_key) is not null
    group by
        coalesce(
            customer_records.customer_key,
            recipient_records.customer_key
        ),
        campaign_members.campaign_source,
        campaign_members.campaign_account,
        campaign_members.campaign_id

),

enrolments as (

    select
        members.customer_key,
        members.campaign_source,
        members.campaign_account,
        members.campaign_id,
        {{ surrogate_key([
            'campaigns.source',
            'campaigns.account',
            'campaigns.campaign_id'
        ]) }} as campaign_key,
        lower(trim(campaigns.goal)) as goal,
        coalesce(
            campaigns.started_on,
            {{ local_date('members.assigned_at') }}
        ) as starts_on,
        coalesce(
            campaigns.ended_on,
            coalesce(
                campaigns.started_on,
                {{ local_date('members.assigned_at') }}
            ) + cast(coalesce(campaigns.response_window_days, 60) as integer)
        ) as ends_on
    from members
    inner join campaigns
        on members.campaign_source = campaigns.source
        and members.campaign_account = campaigns.account
        and members.campaign_id = campaigns.campaign_id

),

final as (

    select
        earlier.customer_key,
        earlier.campaign_key,
        later.campaign_key as other_campaign_key,
        later.campaign_source as source,
        later.campaign_account as account,
        later.campaign_id,
        earlier.campaign_id as earlier_campaign_id,
        earlier.goal,
        greatest(earlier.starts_on, later.starts_on) as overlaps_from_on,
        least(earlier.ends_on, later.ends_on) as overlaps_to_on
    from enrolments as earlier
    inner join enrolments as later
        on earlier.customer_key = later.customer_key
        and earlier.goal = later.goal
        and (earlier.starts_on, earlier.campaign_key) < (later.starts_on, later.campaign_key)
        and earlier.starts_on <= later.ends_on
        and later.starts_on <= earlier.ends_on

)

select * from final
