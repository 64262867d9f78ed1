with contacts as (

    select
        job_key,
        record_kind,
        record_key
    from {{ ref('int_jobs__contacts_linked') }}
    where record_kind in ('job', 'lead', 'booking')

),

touches as (

    select
        touch_key,
        merged_touch_key,
        job_key,
        is_kept
    from {{ ref('int_matching__touches_tied') }}
    where job_key is not null

),

marks as (

    select
        record_kind,
        record_key,
        mail_piece_key,
        campaign_key,
        method
    from {{ ref('int_matching__marks_resolved') }}

),

records as (

    select
        job_key,
        record_kind,
        record_key,
        cast(null as varchar) as touch_key
    from contacts
    union all
    select
        job_key,
        'touch' as record_kind,
        touch_key as record_key,
        merged_touch_key as touch_key
    from touches

),

evidence as (

    select
        records.job_key,
        marks.mail_piece_key,
        marks.campaign_key,
        marks.method,
        records.record_kind,
        records.touch_key,
        case records.record_kind
            when 'job' then 1
            when 'booking' then 2
            when 'lead' then 3
            else 4
        end as record_rank
    from records
    inner join marks
        on records.record_kind = marks.record_kind
        and records.record_key = marks.record_key

),

evidence_collected as (

    select
        job_key,
        mail_piece_key,
        campaign_key,
        arg_min(method, struct_pack(record_rank := record_rank, method := method)) as method,
        min(record_rank) as record_rank,
        min(touch_key) as touch_key
    from evidence
    group by
        job_key,
        mail_piece_key,
        campaign_key

)

select * from evidence_collected
