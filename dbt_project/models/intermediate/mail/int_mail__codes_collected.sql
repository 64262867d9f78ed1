with pieces as (

    select
        mail_piece_key,
        campaign_key,
        mail_piece_id,
        promo_code,
        tracking_url
    from {{ ref('int_mail__pieces_keyed') }}

),

campaigns as (

    select {{ normalised_code('promo_code') }} as code
    from {{ ref('int_campaigns__described') }}
    where promo_code is not null
    group by {{ normalised_code('promo_code') }}

),

codes as (

    select
        mail_piece_key,
        campaign_key,
        {{ normalised_code('mail_piece_id') }} as code,
        'piece_id' as method
    from pieces
    union all
    select
        mail_piece_key,
        campaign_key,
        {{ normalised_code('promo_code') }} as code,
        'promo_code' as method
    from pieces
    where promo_code is not null
    union all
    select
        mail_piece_key,
        campaign_key,
        {{ normalised_code("regexp_replace(tracking_url, '^[A-Za-z]+://(www[.])?', '')") }} as code,
        'personal_url' as method
    from pieces
    where tracking_url is not null

),

codes_grouped as (

    select
        code,
        campaign_key,
        min(method) as method,
        min(mail_piece_key) as first_piece_key,
        max(mail_piece_key) as last_piece_key
    from codes
    where code is not null
    group by
        code,
        campaign_key

),

codes_counted as (

    select
        code,
        campaign_key,
        method,
        first_piece_key,
        min(first_piece_key) over (partition by code)
            = max(last_piece_key) over (partition by code) as is_lone
    from codes_grouped

),

codes_judged as (

    select
        codes_counted.code,
        codes_counted.campaign_key,
        {{ folded_code('codes_counted.code') }} as folded_code,
        codes_counted.method,
        case
            when codes_counted.is_lone and campaigns.code is null then codes_counted.first_piece_key
        end as mail_piece_key,
        codes_counted.is_lone and campaigns.code is null as is_unique
    from codes_counted
    left join campaigns
        on codes_counted.code = campaigns.code

)

select * from codes_judged
