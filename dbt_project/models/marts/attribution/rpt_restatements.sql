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
        is_window_closed,
        change_cents,
        nano_jobs
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
            'restatements.is_window_closed',
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
        case
            when restatements.measure = 'jobs' then cast(restatements.nano_jobs / 1000000000.0 as decimal(18, 2))
            else {{ amount('restatements.change_cents') }}
        end as change_amount,
        cast(
            case when restatements.measure = 'jobs' then restatements.nano_jobs / 1000000000.0 end as double
        ) as change_jobs,
        restatements.is_window_closed,
        restatements.from_as_of,
        restatements.to_as_of
    from restatements
    left join campaigns
        on restatements.campaign_key = campaigns.campaign_key

)

select * from restatements_described
