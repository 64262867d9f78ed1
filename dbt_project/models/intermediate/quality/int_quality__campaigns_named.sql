with

campaigns as (

    select
        source,
        account,
        campaign_id,
        channel,
        {{ normalised_word('name') }} as name_words
    from {{ ref('int_canonical__campaigns_unioned') }}

),

no_source_words as (

    select word
    from {{ ref('seed_no_source_words') }}

),

final as (

    select
        campaigns.source,
        campaigns.account,
        campaigns.campaign_id,
        campaigns.channel
    from campaigns
    left join no_source_words
        on campaigns.name_words = no_source_words.word
    where no_source_words.word is null

)

select * from final
