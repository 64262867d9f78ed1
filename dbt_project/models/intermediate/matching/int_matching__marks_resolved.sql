with marks as (

    select
        record_kind,
        record_key,
        mark_kind,
        mark,
        marked_on
    from {{ ref('int_matching__marks_collected') }}

),

mail_pieces as (

    select
        mail_piece_key,
        campaign_key
    from {{ ref('int_mail__pieces_keyed') }}

),

codes as (

    select
        code,
        mail_piece_key,
        campaign_key,
        method,
        is_folded
    from {{ ref('int_matching__codes_recognised') }}

),

campaign_references as (

    select
        {{ surrogate_key(['source', 'account', 'campaign_id']) }} as reference_key,
        campaign_key
    from {{ ref('int_campaigns__references_resolved') }}

),

phones as (

    select
        campaign_key,
        phone,
        starts_on,
        ends_on
    from {{ ref('int_campaigns__phones_listed') }}

),

jobs as (

    select
        job_key,
        customer_key
    from {{ ref('int_jobs__keyed') }}

),

marks_read as (

    select
        marks.record_kind,
        marks.record_key,
        mail_pieces.mail_piece_key,
        mail_pieces.campaign_key,
        'piece_id' as method
    from marks
    inner join mail_pieces
        on marks.mark = mail_pieces.mail_piece_key
    where marks.mark_kind = 'piece'
    union all
    select
        marks.record_kind,
        marks.record_key,
        codes.mail_piece_key,
        codes.campaign_key,
        codes.method
    from marks
    inner join codes
        on marks.mark = codes.code
    where
        marks.mark_kind = 'code'
        -- A word inside a longer text: "spring leak" is no evidence of a campaign called Spring.
        or (
            marks.mark_kind = 'word'
            and (codes.mail_piece_key is not null or regexp_matches(marks.mark, '[0-9]'))
        )
    union all
    select
        marks.record_kind,
        marks.record_key,
        cast(null as varchar) as mail_piece_key,
        campaign_references.campaign_key,
        'campaign_id' as method
    from marks
    inner join campaign_references
        on marks.mark = campaign_references.reference_key
    where marks.mark_kind = 'campaign'
    union all
    select
        marks.record_kind,
        marks.record_key,
        cast(null as varchar) as mail_piece_key,
        phones.campaign_key,
        'tracking_phone' as method
    from marks
    inner join phones
        on marks.mark = phones.phone
        and marks.marked_on >= phones.starts_on
        and marks.marked_on <= phones.ends_on
    where marks.mark_kind = 'phone'

),

-- A code of one's own may be lent to a neighbour. On the jobs of three customers it is a promotion that got
-- about: evidence of the campaign, and of nobody's card.
pieces_got_about as (

    select marks_read.mail_piece_key
    from marks_read
    inner join jobs
        on marks_read.record_key = jobs.job_key
    where
        marks_read.record_kind = 'job'
        and marks_read.mail_piece_key is not null
    group by marks_read.mail_piece_key
    having count(distinct coalesce(jobs.customer_key, jobs.job_key)) > 2

),

marks_judged as (

    select
        marks_read.record_kind,
        marks_read.record_key,
        case when pieces_got_about.mail_piece_key is null then marks_read.mail_piece_key end as mail_piece_key,
        marks_read.campaign_key,
        case when pieces_got_about.mail_piece_key is null then marks_read.method else 'shared_code' end as method
    from marks_read
    left join pieces_got_about
        on marks_read.mail_piece_key = pieces_got_about.mail_piece_key

),

marks_resolved as (

    select
        record_kind,
        record_key,
        mail_piece_key,
        campaign_key,
        min(method) as method
    from marks_judged
    where
        mail_piece_key is not null
        or campaign_key is not null
    group by
        record_kind,
        record_key,
        mail_piece_key,
        campaign_key

)

select * from marks_resolved
