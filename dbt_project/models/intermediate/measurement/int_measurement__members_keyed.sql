with members as (

    select
        campaign_member_key,
        campaign_key,
        wave,
        source,
        account,
        member_id,
        customer_key,
        household_key,
        arm,
        coalesce(stratum, '') as stratum,
        randomised_unit,
        planned_holdout_share,
        is_contaminated,
        assigned_at
    from {{ ref('fct_campaign_members') }}
    where arm in ('mailed', 'holdout')

),

places as (

    select
        {{ surrogate_key(['source', 'account', 'campaign_source', 'campaign_account', 'campaign_id', 'wave', 'member_id']) }}
            as campaign_member_key,
        case
            when customer_id is not null
                then {{ surrogate_key(['customer_source', 'customer_account', 'customer_id']) }}
        end as customer_reference_key,
        customer_id,
        postal_code,
        lower(city) || ', ' || lower(state) as market
    from {{ ref('int_canonical__campaign_members_unioned') }}

),

-- The randomised unit is the unit of analysis. A member nobody could be found for stays a unit of its own, by the
-- customer id it names where it names one.
members_keyed as (

    select
        members.campaign_member_key,
        members.campaign_key,
        members.wave,
        members.source,
        members.account,
        members.member_id,
        members.randomised_unit,
        coalesce(
            case members.randomised_unit
                when 'person' then members.customer_key
                when 'zip' then places.postal_code
                when 'market' then places.market
                else members.household_key
            end,
            'customer ' || places.customer_reference_key,
            'member ' || members.campaign_member_key
        ) as unit_key,
        members.customer_key,
        members.household_key,
        case when members.customer_key is null then places.customer_reference_key end as customer_reference_key,
        case when members.customer_key is null then places.customer_id end as unknown_customer_id,
        members.arm,
        members.stratum,
        members.planned_holdout_share,
        members.is_contaminated,
        members.assigned_at
    from members
    left join places
        on members.campaign_member_key = places.campaign_member_key

)

select * from members_keyed
