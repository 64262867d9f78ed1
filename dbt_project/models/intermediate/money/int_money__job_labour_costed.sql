with timesheets as (

    select
        source,
        account,
        technician_id,
        job_source,
        job_account,
        job_id,
        job_number,
        starts_at,
        ends_at
    from {{ ref('int_canonical__timesheets_unioned') }}
    where
        activity = 'job'
        and ends_at > starts_at
        and not coalesce(is_deleted, false)

),

technicians as (

    select
        source,
        account,
        technician_id,
        loaded_hour_cost_cents
    from {{ ref('int_canonical__technicians_unioned') }}

),

job_references as (

    select
        source,
        account,
        job_id,
        job_number,
        job_key
    from {{ ref('int_jobs__references_resolved') }}

),

spans_costed as (

    select
        job_references.job_key,
        {{ seconds_between('timesheets.starts_at', 'timesheets.ends_at') }} as seconds,
        technicians.loaded_hour_cost_cents
    from timesheets
    inner join job_references
        on timesheets.job_source = job_references.source
        and timesheets.job_account = job_references.account
        and coalesce(timesheets.job_id, '') = job_references.job_id
        and coalesce(timesheets.job_number, '') = job_references.job_number
    left join technicians
        on timesheets.source = technicians.source
        and timesheets.account = technicians.account
        and timesheets.technician_id = technicians.technician_id

),

-- One technician without a loaded rate leaves the job's labour unknown.
labour_costed as (

    select
        job_key,
        cast(sum(seconds) as bigint) as seconds,
        case
            when count(*) = count(loaded_hour_cost_cents)
                then cast(round(
                    cast(sum(cast(seconds as hugeint) * loaded_hour_cost_cents) as decimal(38, 0)) / 3600.0, 0
                ) as bigint)
        end as labour_cost_cents
    from spans_costed
    group by job_key

)

select * from labour_costed
