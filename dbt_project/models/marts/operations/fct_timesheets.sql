with

timesheets as (

    select
        source,
        account,
        timesheet_id,
        job_source,
        job_account,
        job_id,
        job_number,
        technician_id,
        activity,
        starts_at,
        ends_at,
        known_at
    from {{ ref('int_canonical__timesheets_unioned') }}
    where not is_deleted

),

jobs as (

    select
        source,
        account,
        job_id,
        job_number,
        job_key,
        customer_key,
        household_key,
        location_key,
        is_number_unique
    from {{ ref('int_operations__jobs_referenced') }}

),

technicians as (

    select
        source,
        account,
        technician_id,
        crew,
        location
    from {{ ref('int_canonical__technicians_unioned') }}
    where not is_deleted

),

account_locations as (

    select
        source,
        account,
        division,
        location_key
    from {{ ref('int_operations__divisions_located') }}

),

final as (

    select
        {{ surrogate_key([
            'timesheets.source',
            'timesheets.account',
            'timesheets.timesheet_id'
        ]) }} as timesheet_key,
        timesheets.source,
        timesheets.account,
        {{ masked_text('timesheets.timesheet_id') }} as timesheet_id,
        coalesce(
            jobs_by_id.job_key,
            jobs_by_number.job_key,
            case
                when timesheets.job_id is not null
                    then {{ surrogate_key([
            'timesheets.job_source',
            'timesheets.job_account',
            'timesheets.job_id'
        ]) }}
            end
        ) as job_key,
        {{ masked_text('timesheets.technician_id') }} as technician_id,
        technicians.crew,
        coalesce(
            jobs_by_id.location_key,
            jobs_by_number.location_key,
            division_locations.location_key,
            account_locations.location_key,
            'main'
        ) as location_key,
        timesheets.activity,
        {{ local_date('timesheets.starts_at') }} as starts_on,
        {{ local_date('timesheets.ends_at') }} as ends_on,
        {{ local_date('timesheets.known_at') }} as known_on,
        timesheets.starts_at,
        timesheets.ends_at,
        timesheets.known_at
    from timesheets
    left join jobs as jobs_by_id
        on timesheets.job_source = jobs_by_id.source
        and timesheets.job_account = jobs_by_id.account
        and timesheets.job_id = jobs_by_id.job_id
    left join jobs as jobs_by_number
        -- The test within the key: beside it, every row would be compared with every other.
        on timesheets.job_source = jobs_by_number.source
        and timesheets.job_account = jobs_by_number.account
        and case when timesheets.job_id is null then timesheets.job_number end = jobs_by_number.job_number
        and jobs_by_number.is_number_unique
    left join technicians
        on timesheets.source = technicians.source
        and timesheets.account = technicians.account
        and timesheets.technician_id = technicians.technician_id
    left join account_locations as division_locations
        on timesheets.source = division_locations.source
        and timesheets.account = division_locations.account
        and technicians.location = division_locations.division
    left join account_locations
        on timesheets.source = account_locations.source
        and timesheets.account = account_locations.account
        and account_locations.division is null

)

select * from final
