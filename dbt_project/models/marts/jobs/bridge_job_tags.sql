with jobs as (

    select
        job_key,
        account,
        location_key,
        {{ each_element('tags') }} as tag
    from {{ ref('int_jobs__keyed') }}
    where len(tags) > 0

),

tags as (

    select
        job_key,
        {{ masked_text('trim(tag)') }} as tag,
        min(account) as account,
        min(location_key) as location_key
    from jobs
    where trim(tag) <> ''
    group by
        job_key,
        {{ masked_text('trim(tag)') }}

)

select * from tags
