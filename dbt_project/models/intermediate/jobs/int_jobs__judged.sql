with jobs as (

    select
        job_key,
        parent_job_key,
        callback_of_job_key,
        job_type,
        job_class,
        status,
        no_show_by,
        is_on_hold,
        is_zero_value,
        is_deleted,
        created_at,
        arrived_at,
        started_at,
        approved_at,
        completed_at,
        cancelled_at
    from {{ ref('int_jobs__keyed') }}

),

run_context as (

    select as_of
    from {{ ref('stg_matchback__run_context') }}

),

-- A job is a set of timestamps: what has not happened by the build's instant has not happened.
jobs_seen as (

    select
        jobs.job_key,
        jobs.callback_of_job_key,
        jobs.job_class,
        jobs.status,
        jobs.no_show_by,
        jobs.is_on_hold,
        jobs.is_zero_value,
        jobs.is_deleted,
        case when jobs.arrived_at <= run_context.as_of then jobs.arrived_at end as arrived_at,
        case when jobs.started_at <= run_context.as_of then jobs.started_at end as started_at,
        case when jobs.approved_at <= run_context.as_of then jobs.approved_at end as approved_at,
        case when jobs.completed_at <= run_context.as_of then jobs.completed_at end as completed_at,
        case when jobs.cancelled_at <= run_context.as_of then jobs.cancelled_at end as cancelled_at
    from jobs
    cross join run_context

),

-- The later of completion and cancellation holds. The vendor's word speaks only where timestamps are silent.
jobs_stated as (

    select
        job_key,
        case
            when is_deleted then 'Cancelled'
            when cancelled_at is not null and (completed_at is null or cancelled_at > completed_at)
                then case when no_show_by is not null then 'No Show' else 'Cancelled' end
            when completed_at is not null then 'Completed'
            when no_show_by is not null then 'No Show'
            when is_on_hold then 'On Hold'
            when approved_at is not null then 'Client Approved'
            when started_at is not null or arrived_at is not null then
                case when status in ('Completed', 'Cancelled', 'No Show', 'On Hold') then status else 'In Progress' end
            else coalesce(status, 'New')
        end as state,
        case
            when is_deleted then 'deleted'
            when job_class = 'membership' then 'membership visit'
            when job_class in ('warranty', 'recall', 'internal') then job_class
            when callback_of_job_key is not null then 'recall'
            when is_zero_value then 'zero value'
        end as not_eligible_because
    from jobs_seen

),

jobs_judged as (

    select
        job_key,
        state,
        not_eligible_because,
        not_eligible_because is null as is_eligible
    from jobs_stated

)

select * from jobs_judged
