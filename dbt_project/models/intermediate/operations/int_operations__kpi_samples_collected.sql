with

jobs as (

    select
        job_key,
        location_key,
        business_unit,
        crew,
        job_class,
        region,
        state,
        cycle_seconds,
        created_at,
        coalesce(started_at, arrived_at) as started_at,
        completed_at
    from {{ ref('int_operations__jobs_described') }}
    where
        not is_deleted
        and completed_at is not null
        and job_class in ('demand', 'maintenance', 'install')

),

leads as (

    select
        leads.job_key,
        leads.location_key,
        leads.response_seconds,
        {{ local_date('leads.created_at') }} as created_on
    from {{ ref('int_operations__leads_answered') }} as leads
    where leads.response_seconds is not null

),

all_jobs as (

    select
        job_key,
        location_key,
        business_unit,
        crew,
        job_class,
        region,
        state
    from {{ ref('int_operations__jobs_described') }}

),

final as (

    select
        'cycle_time' as base,
        job_key,
        location_key,
        business_unit,
        crew,
        job_class,
        region,
        state,
        cycle_seconds as sample,
        {{ local_date('completed_at') }} as measured_on
    from jobs
    where cycle_seconds is not null
    union all
    select
        'created_to_started',
        job_key,
        location_key,
        business_unit,
        crew,
        job_class,
        region,
        state,
        {{ seconds_between('created_at', 'started_at') }},
        {{ local_date('completed_at') }}
    from jobs
    where started_at >= created_at
    union all
    select
        'started_to_completed',
        job_key,
        location_key,
        business_unit,
        crew,
        job_class,
        region,
        state,
        {{ seconds_between('started_at', 'completed_at') }},
        {{ local_date('completed_at') }}
    from jobs
    where completed_at >= started_at
    union all
    select
        'lead_response',
        leads.job_key,
        coalesce(all_jobs.location_key, leads.location_key),
        all_jobs.business_unit,
        all_jobs.crew,
        all_jobs.job_class,
        all_jobs.region,
        all_jobs.state,
        leads.response_seconds,
        leads.created_on
    from leads
    left join all_jobs
        on leads.job_key = all_jobs.job_key

)

select * from final
