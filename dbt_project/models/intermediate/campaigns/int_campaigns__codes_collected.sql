with campaigns as (

    select
        campaign_key,
        campaign_name,
        promo_code
    from {{ ref('int_campaigns__described') }}

),

links as (

    select
        campaign_key,
        campaign_id,
        campaign_code
    from {{ ref('int_campaigns__linked') }}

),

piece_codes as (

    select
        campaign_key,
        code
    from {{ ref('int_mail__codes_collected') }}
    where
        not is_unique
        and campaign_key is not null

),

codes as (

    select
        campaign_key,
        {{ normalised_code('promo_code') }} as code,
        'shared_code' as method
    from campaigns
    union
    select
        campaign_key,
        code,
        'shared_code' as method
    from piece_codes
    union
    select
        campaign_key,
        {{ normalised_code('campaign_name') }} as code,
        'campaign_id' as method
    from campaigns
    union
    select
        campaign_key,
        {{ normalised_code('campaign_id') }} as code,
        'campaign_id' as method
    from links
    union
    select
        campaign_key,
        campaign_code as code,
        'campaign_id' as method
    from links

),

codes_ranked as (

    select
        campaign_key,
        code,
        {{ folded_code('code') }} as folded_code,
        min(method) as method
    from codes
    where code is not null
    group by
        campaign_key,
        code

),

codes_counted as (

    select
        campaign_key,
        code,
        folded_code,
        method,
        count(*) over (partition by code) as campaign_count
    from codes_ranked

)

select * from codes_counted
