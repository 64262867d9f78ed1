with members as (

    select
        source,
        account,
        campaign_source,
        campaign_account,
        campaign_id,
        wave,
        member_id,
        customer_source,
        customer_account,
        customer_id,
        recipient_id,
        arm,
        cell,
        stratum,
        randomised_unit,
        planned_holdout_share,
        assigned_at
    from {{ ref('int_canonical__campaign_members_unioned') }}
    where not coalesce(is_deleted, false)

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
        customer_id,
        customer_key,
        household_key
    from {{ ref('int_identity__records_keyed') }}
    where entity = 'recipient'

),

waves as (

    select
        campaign_key,
        wave,
        median_in_home_on
    from {{ ref('int_mail__waves_summed') }}

),

mail_pieces as (

    select
        campaign_key,
        wave,
        household_key
    from {{ ref('int_mail__pieces_keyed') }}
    where household_key is not null

),

mailed_pieces as (

    select
        mail_pieces.campaign_key,
        mail_pieces.wave,
        mail_pieces.household_key
    from mail_pieces
    group by
        mail_pieces.campaign_key,
        mail_pieces.wave,
        mail_pieces.household_key

),

locations as (

    select
        source,
        account,
        location_key
    from {{ ref('int_operations__divisions_located') }}
    where division is null

),

members_identified as (

    select
        {{ surrogate_key([
            'members.source', 'members.account', 'members.campaign_source', 'members.campaign_account',
            'members.campaign_id', 'members.wave', 'members.member_id',
        ]) }}
            as campaign_member_key,
        campaign_references.campaign_key,
        coalesce(members.wave, '1') as wave,
        members.source,
        members.account,
        coalesce(locations.location_key, 'main') as location_key,
        members.member_id,
        coalesce(customers.customer_key, recipients.customer_key) as customer_key,
        coalesce(customers.household_key, recipients.household_key) as household_key,
        members.arm,
        members.cell,
        members.stratum,
        coalesce(members.randomised_unit, 'household') as randomised_unit,
        members.planned_holdout_share,
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
        and coalesce(members.recipient_id, members.member_id) = recipients.customer_id
    left join locations
        on members.source = locations.source
        and members.account = locations.account

),

-- A household in both arms, or a holdout household with a card, is contaminated: counted, kept as assigned.
members_judged as (

    select
        members_identified.campaign_member_key,
        members_identified.campaign_key,
        members_identified.wave,
        members_identified.source,
        members_identified.account,
        members_identified.location_key,
        members_identified.member_id,
        members_identified.customer_key,
        members_identified.household_key,
        members_identified.arm,
        members_identified.cell,
        members_identified.stratum,
        members_identified.randomised_unit,
        cast(members_identified.planned_holdout_share as double) as planned_holdout_share,
        members_identified.household_key is not null
        and (
            min(members_identified.arm) over household <> max(members_identified.arm) over household
            or (members_identified.arm = 'holdout' and mailed_pieces.household_key is not null)
        ) as is_contaminated,
        waves.median_in_home_on as wave_in_home_on,
        members_identified.assigned_at,
        {{ local_date('members_identified.assigned_at') }} as assigned_on
    from members_identified
    left join waves
        on members_identified.campaign_key = waves.campaign_key
        and members_identified.wave = waves.wave
    left join mailed_pieces
        on members_identified.campaign_key = mailed_pieces.campaign_key
        and members_identified.wave = mailed_pieces.wave
        and members_identified.household_key = mailed_pieces.household_key
    window household as (
        partition by
            members_identified.campaign_key,
            members_identified.wave,
            members_identified.household_key
    )

)

select * from members_judged
