with restatements as (

    select
        campaign_key,
        wave,
        model,
        window_label,
        measure,
        cause,
        from_as_of,
        to_as_of,
        change_cents
    from {{ ref('int_credit__restatements_explained') }}

),

campaigns as (

    select
        campaign_key,
        account,
        campaign_name
    from {{ ref('dim_campaigns') }}

),

restatements_described as (

    select
        {{ surrogate_key([
            'restatements.campaign_key',
            'restatements.wave',
            'restatements.model',
            'restatements.window_label',
            'restatements.measure',
            'restatements.cause',
        ]) }} as restatement_key,
        restatements.campaign_key,
        campaigns.account,
        '(all)' as location_key,
        campaigns.campaign_name,
        restatements.wave,
        restatements.model,
        restatements.window_label,
        restatements.measure,
        restatements.cause,
        {{ amount('restatements.change_cents') }} as change_amount,
        restatements.from_as_of,
        restatements.to_as_of
    from restatements
    left join campaigns
        on restatements.campaign_key = campaigns.campaign_key

)

select * from restatements_described
