with titan_worded as (

    select
        campaigns.account,
        campaigns.campaign_id,
        arg_min(words.channel, words.rank) as channel
    from {{ ref('stg_servicetitan__campaigns') }} as campaigns
    inner join {{ ref('seed_lead_source_words') }} as words
        on regexp_matches(
            {{ normalised_word(
                "concat_ws(' ', campaigns.medium, campaigns.other_medium, campaigns.campaign_source, "
                ~ "campaigns.other_source, campaigns.category, campaigns.name)"
            ) }},
            concat('(^| )(', words.word, ')( |$)')
        )
    group by
        campaigns.account,
        campaigns.campaign_id

),

servicetitan as (

    select
        campaigns.source,
        campaigns.account,
        campaigns.campaign_id,
        campaigns.name,
        coalesce(titan_worded.channel, 'other') as channel,
        nullif(array_to_string(campaigns.phone_numbers, ';'), '') as tracking_phone,
        campaigns.name as campaign_code,
        {{ version_columns('campaigns') }}
    from {{ ref('stg_servicetitan__campaigns') }} as campaigns
    left join titan_worded
        on campaigns.account = titan_worded.account
        and campaigns.campaign_id = titan_worded.campaign_id

),

hubspot_named as (

    select
        account,
        mail_campaign_id,
        first_known_at,
        known_at
    from {{ ref('stg_hubspot__contacts') }}
    where mail_campaign_id is not null
    union all
    select
        account,
        mail_campaign_id,
        first_known_at,
        known_at
    from {{ ref('stg_hubspot__deals') }}
    where mail_campaign_id is not null
    union all
    select
        account,
        mail_campaign_id,
        first_known_at,
        known_at
    from {{ ref('stg_hubspot__postal_mail') }}
    where mail_campaign_id is not null

),

hubspot as (

    select
        'hubspot' as source,
        account,
        mail_campaign_id as campaign_id,
        mail_campaign_id as name,
        'direct_mail' as channel,
        mail_campaign_id as campaign_code,
        false as is_deleted,
        cast(null as timestamp with time zone) as updated_at,
        min(first_known_at) as first_known_at,
        max(known_at) as known_at
    from hubspot_named
    group by
        account,
        mail_campaign_id

),

pcm as (

    select
        source,
        account,
        campaign_id,
        campaign_id as name,
        'direct_mail' as channel,
        case when count(distinct design_name) = 1 then min(design_name) end as creative,
        case when count(distinct size) = 1 then min(size) end as format,
        case when count(distinct mail_class) = 1 then min(mail_class) end as mail_class,
        campaign_id as campaign_code,
        min({{ local_date('ordered_at') }}) as started_on,
        bool_and(is_deleted) as is_deleted,
        max(updated_at) as updated_at,
        min(first_known_at) as first_known_at,
        max(known_at) as known_at
    from {{ ref('int_canonical__pcm_orders_read') }}
    group by
        source,
        account,
        campaign_id

),

{{ canonical_union('campaigns', vendors=['servicetitan', 'hubspot', 'pcm']) }}
