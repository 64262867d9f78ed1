with evidence as (

    select
        job_key,
        campaign_key,
        method,
        touch_key,
        record_rank
    from {{ ref('int_matching__job_evidence_collected') }}
    where
        mail_piece_key is null
        and campaign_key is not null

),

campaigns_evidenced as (

    select
        job_key,
        campaign_key,
        arg_min(method, struct_pack(record_rank := record_rank, method := method)) as method,
        min(touch_key) as touch_key
    from evidence
    group by
        job_key,
        campaign_key

)

select * from campaigns_evidenced
