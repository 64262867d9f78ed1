{{ config(meta={'dagster': {'ref': {'name': 'fct_jobs'}}}) }}
-- Whether a work order began on time is told by fct_jobs and by its first appointment; they agree.
with jobs as (

    select
        job_key,
        is_on_time
    from {{ ref('fct_jobs') }}

),

first_appointments as (

    select
        job_key,
        case punctuality
            when 'on time' then true
            when 'late' then false
        end as is_on_time
    from {{ ref('int_operations__appointments_judged') }}
    where
        position = 1
        and is_promised
        and is_due

)

select
    jobs.job_key,
    jobs.is_on_time,
    first_appointments.is_on_time as first_appointment_is_on_time
from jobs
inner join first_appointments
    on jobs.job_key = first_appointments.job_key
where jobs.is_on_time != first_appointments.is_on_time
