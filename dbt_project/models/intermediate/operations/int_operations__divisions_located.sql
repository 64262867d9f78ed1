with

accounts as (

    select
        source,
        account
    from {{ ref('int_operations__accounts_listed') }}

),

rules as (

    select
        source,
        account,
        business_unit as division,
        location_key,
        location_name
    from {{ ref('stg_matchback__setting_locations') }}

),

rules_expanded as (

    select
        accounts.source,
        accounts.account,
        rules.division,
        rules.location_key,
        rules.location_name,
        case when rules.source is null then 0 else 2 end
        + case when rules.account is null then 0 else 1 end as rank
    from accounts
    inner join rules
        on coalesce(rules.source, accounts.source) = accounts.source
        and coalesce(rules.account, accounts.account) = accounts.account

),

rules_ranked as (

    -- The rule that names more of the account wins; the key settles a tie.
    select
        source,
        account,
        division,
        location_key,
        location_name,
        row_number() over (
            partition by source, account, division
            order by rank desc, location_key asc
        ) as position
    from rules_expanded

),

account_defaults as (

    select
        accounts.source,
        accounts.account,
        cast(null as varchar) as division,
        'main' as location_key,
        'Main' as location_name
    from accounts
    left join rules_ranked
        on accounts.source = rules_ranked.source
        and accounts.account = rules_ranked.account
        and rules_ranked.division is null
    where rules_ranked.source is null

),

final as (

    select
        source,
        account,
        division,
        location_key,
        location_name
    from rules_ranked
    where position = 1
    union all
    select
        source,
        account,
        division,
        location_key,
        location_name
    from account_defaults

)

select * from final
