with members as (

    select
        source,
        account,
        campaign_source,
        campaign_account,
        campaign_id,
        coalesce(wave, '1') as wave,
        member_id,
        customer_source,
        customer_account,
        customer_id,
        recipient_id,
        coalesce(randomised_unit, 'household') as randomised_unit,
        arm,
        coalesce(stratum, '') as stratum,
        postal_code,
        city,
        state,
        planned_holdout_share,
        assigned_at
    from {{ ref('int_canonical__campaign_members_unioned') }}
    where
        not is_deleted
        and arm in ('mailed', 'holdout')

),

campaign_references as (

    select
        source,
        account,
        campaign_id,
        campaign_key
    from {{ ref('int_campaigns__references_resolved') }}

),

customers as (

    select
        source,
        account,
        customer_id,
        customer_key,
        household_key
    from {{ ref('int_matching__customers_resolved') }}

),

recipients as (

    select
        source,
        account,
        customer_id as recipient_id,
        min(customer_key) as customer_key,
        min(household_key) as household_key
    from {{ ref('int_identity__records_keyed') }}
    where entity = 'recipient'
    group by
        source,
        account,
        customer_id

),

members_identified as (

    select
        campaign_references.campaign_key,
        members.wave,
        members.source,
        members.account,
        members.member_id,
        members.randomised_unit,
        coalesce(customers.customer_key, recipients.customer_key) as customer_key,
        coalesce(customers.household_key, recipients.household_key) as household_key,
        members.arm,
        members.stratum,
        members.postal_code,
        lower(members.city) || ', ' || lower(members.state) as market,
        cast(members.planned_holdout_share as double) as planned_holdout_share,
        members.assigned_at
    from members
    inner join campaign_references
        on members.campaign_source = campaign_references.source
        and members.campaign_account = campaign_references.account
        and members.campaign_id = campaign_references.campaign_id
    left join customers
        on members.customer_source = customers.source
        and members.customer_account = customers.account
        and members.customer_id = customers.customer_id
    left join recipients
        on members.source = recipients.source
        and members.account = recipients.account
        and coalesce(members.recipient_id, members.member_id) = recipients.recipient_id

),

-- The randomised unit is the unit of analysis. A member nobody could be found for stays a unit of its own.
members_keyed as (

    select
        campaign_key,
        wave,
        source,
        account,
        member_id,
        randomised_unit,
        coalesce(
            case randomised_unit
                when 'person' then customer_key
                when 'zip' then postal_code
                when 'market' then market
                else household_key
            end,
            'member ' || source || ' ' || account || ' ' || member_id
        ) as unit_key,
        customer_key,
        household_key,
        arm,
        stratum,
        planned_holdout_share,
        assigned_at
    from members_identified

)

select * from members_keyed
