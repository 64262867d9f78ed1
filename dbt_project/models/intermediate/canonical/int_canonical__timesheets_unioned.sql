with timesheets as (

    select * from {{ ref('stg_servicetitan__timesheets') }}

),

-- One record of the vendor holds the drive to a job and the work on it.
servicetitan_drives as (

    select
        timesheets.source,
        timesheets.account,
        concat(timesheets.timesheet_id, ':drive') as timesheet_id,
        timesheets.technician_id,
        timesheets.job_id,
        'drive' as activity,
        timesheets.dispatched_at as starts_at,
        timesheets.arrived_at as ends_at,
        {{ version_columns('timesheets', 'coalesce(timesheets.is_active, true) = false') }}
    from timesheets
    where
        timesheets.dispatched_at is not null
        and timesheets.arrived_at is not null

),

servicetitan_jobs as (

    select
        timesheets.source,
        timesheets.account,
        concat(timesheets.timesheet_id, ':job') as timesheet_id,
        timesheets.technician_id,
        timesheets.job_id,
        'job' as activity,
        timesheets.arrived_at as starts_at,
        timesheets.done_at as ends_at,
        {{ version_columns('timesheets', 'coalesce(timesheets.is_active, true) = false') }}
    from timesheets
    where timesheets.arrived_at is not null

),

{{ canonical_union('timesheets', vendors=['servicetitan_drives', 'servicetitan_jobs']) }}
