with

uninvoiced_jobs as (

    select
        source,
        account,
        entity,
        entity_id,
        expected,
        observed,
        detail
    from {{ ref('int_quality__money_judged') }}
    where rule = 'job_without_invoice'

),

final as (

    select
        'completed_job_without_invoice' as rule,
        source,
        account,
        entity,
        entity_id,
        expected,
        observed,
        detail
    from uninvoiced_jobs

)

select * from final
