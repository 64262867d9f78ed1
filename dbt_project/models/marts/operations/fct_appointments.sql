with

appointments as (

    select
        source,
        account,
        appointment_id,
        job_source,
        job_account,
        job_id,
        job_number,
        status,
        no_show_by,
        window_starts_at,
        window_ends_at,
        window_set_at,
        arrived_at,
        done_at,
        known_at,
        technician_ids
    from {{ ref('int_canonical__appointments_unioned') }}
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
            'appointments.source',
            'appointments.account',
            'appointments.appointment_id'
        ]) }} as appointment_key,
        appointments.source,
        appointments.account,
        {{ masked_text('appointments.appointment_id') }} as appointment_id,
        coalesce(jobs_by_id.customer_key, jobs_by_number.customer_key) as customer_key,
        coalesce(jobs_by_id.household_key, jobs_by_number.household_key) as household_key,
        coalesce(
            jobs_by_id.job_key,
            jobs_by_number.job_key,
            case
                when appointments.job_id is not null
                    then {{ surrogate_key([
            'appointments.job_source',
            'appointments.job_account',
            'appointments.job_id'
        ]) }}
            end
        ) as job_key,
        coalesce(
            jobs_by_id.location_key,
            jobs_by_number.location_key,
            account_locations.location_key,
            'main'
        ) as location_key,
        appointments.status,
        appointments.no_show_by,
        coalesce(len(appointments.technician_ids), 0) as technician_count,
        {{ local_date('appointments.window_starts_at') }} as window_starts_on,
        {{ local_date('appointments.window_ends_at') }} as window_ends_on,
        {{ local_date('appointments.window_set_at') }} as window_set_on,
        {{ local_date('appointments.arrived_at') }} as arrived_on,
        {{ local_date('appointments.done_at') }} as done_on,
        {{ local_date('appointments.known_at') }} as known_on,
        appointments.window_starts_at,
        appointments.window_ends_at,
        appointments.window_set_at,
        appointments.arrived_at,
        appointments.done_at,
        appointments.known_at
    from appointments
    left join jobs as jobs_by_id
        on appointments.job_source = jobs_by_id.source
        and appointments.job_account = jobs_by_id.account
        and appointments.job_id = jobs_by_id.job_id
    left join jobs as jobs_by_number
        -- The test within the key: beside it, every row would be compared with every other.
        on appointments.job_source = jobs_by_number.source
        and appointments.job_account = jobs_by_number.account
        and case when appointments.job_id is null then appointments.job_number end = jobs_by_number.job_number
        and jobs_by_number.is_number_unique
    left join account_locations
        on appointments.source = account_locations.source
        and appointments.account = account_locations.account
        and account_locations.division is null

)

select * from final
