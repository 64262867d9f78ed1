with marks as (

    select mark as code
    from {{ ref('int_matching__marks_collected') }}
    where mark_kind in ('code', 'word')
    group by mark

),

piece_codes as (

    select
        code,
        folded_code,
        mail_piece_key,
        campaign_key,
        method
    from {{ ref('int_mail__codes_collected') }}
    where is_unique

),

campaign_codes as (

    select
        code,
        folded_code,
        cast(null as varchar) as mail_piece_key,
        campaign_key,
        method
    from {{ ref('int_campaigns__codes_collected') }}

),

known_codes as (

    select
        code,
        folded_code,
        mail_piece_key,
        campaign_key,
        method
    from piece_codes
    union all
    select
        code,
        folded_code,
        mail_piece_key,
        campaign_key,
        method
    from campaign_codes

),

-- O and 0, I and 1 are taken for each other only where one known code alone can be meant.
folded_codes as (

    select
        folded_code,
        min(code) as code
    from known_codes
    group by folded_code
    having min(code) = max(code)

),

exact_codes as (

    select code
    from known_codes
    group by code

),

codes_read as (

    select
        marks.code,
        coalesce(exact_codes.code, folded_codes.code) as known_code,
        exact_codes.code is null as is_folded
    from marks
    left join exact_codes
        on marks.code = exact_codes.code
    left join folded_codes
        on {{ folded_code('marks.code') }} = folded_codes.folded_code
    where coalesce(exact_codes.code, folded_codes.code) is not null

),

codes_recognised as (

    select
        codes_read.code,
        known_codes.mail_piece_key,
        known_codes.campaign_key,
        known_codes.method,
        codes_read.is_folded
    from codes_read
    inner join known_codes
        on codes_read.known_code = known_codes.code

)

select * from codes_recognised
