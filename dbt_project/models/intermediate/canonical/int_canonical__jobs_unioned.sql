with titan_jobs as (

    select * from {{ ref('stg_servicetitan__jobs') }}

),

job_types as (

    select
        account,
        job_type_id,
        name,
        case when job_class in ('demand', 'maintenance', 'install', 'membership', 'warranty', 'recall', 'internal') then job_class end
            as job_class,
        is_no_charge
    from {{ ref('stg_servicetitan__job_types') }}

),

business_units as (

    select
        account,
        business_unit_id,
        name
    from {{ ref('stg_servicetitan__business_units') }}

),

locations as (

    select
        account,
        location_id,
        street,
        unit,
        city,
        state,
        postal_code
    from {{ ref('stg_servicetitan__locations') }}

),

-- A job whose invoice was voided earned nothing in the end; it was never a job for nothing.
voided_jobs as (

    select
        account,
        job_id
    from {{ ref('stg_servicetitan__invoices') }}
    where
        not coalesce(is_active, true)
        and total_cents <> 0
        and job_id is not null
    group by
        account,
        job_id

),

job_tag_ids as (

    select
        account,
        job_id,
        unnest(tag_type_ids) as tag_type_id
    from titan_jobs

),

job_tags as (

    select
        job_tag_ids.account,
        job_tag_ids.job_id,
        list(tag_types.name order by tag_types.name) as tags
    from job_tag_ids
    inner join {{ ref('stg_servicetitan__tag_types') }} as tag_types
        on job_tag_ids.account = tag_types.account
        and job_tag_ids.tag_type_id = tag_types.tag_type_id
    group by
        job_tag_ids.account,
        job_tag_ids.job_id

),

cancellations as (

    select
        logs.account,
        logs.job_id,
        arg_max(reasons.name, logs.created_at) as cancel_reason,
        max(logs.created_at) as cancelled_at
    from {{ ref('stg_servicetitan__job_canceled_logs') }} as logs
    left join {{ ref('stg_servicetitan__job_cancel_reasons') }} as reasons
        on logs.account = reasons.account
        and logs.reason_id = reasons.reason_id
    where
        not logs.is_deleted
        and coalesce(logs.is_active, true)
    group by
        logs.account,
        logs.job_id

),

no_show_reasons as (

    select
        {{ normalised_word('reasons.name') }} as reason_words,
        arg_min(no_show_words.no_show_by, no_show_words.rank) as no_show_by
    from {{ ref('stg_servicetitan__job_cancel_reasons') }} as reasons
    inner join {{ ref('seed_no_show_words') }} as no_show_words
        on regexp_matches({{ normalised_word('reasons.name') }}, concat('(^| )(', no_show_words.word, ')( |$)'))
    group by {{ normalised_word('reasons.name') }}

),

estimates as (

    select
        account,
        job_id,
        min(sold_at) as approved_at,
        coalesce(
            sum(case when sold_at is not null then subtotal_cents end),
            max(subtotal_cents)
        ) as estimate_cents
    from {{ ref('stg_servicetitan__estimates') }}
    where
        job_id is not null
        and not is_deleted
        and coalesce(is_active, true)
    group by
        account,
        job_id

),

appointments as (

    select
        account,
        job_id,
        appointment_id,
        coalesce(arrival_window_starts_at, starts_at) as window_starts_at,
        coalesce(arrival_window_ends_at, ends_at) as window_ends_at
    from {{ ref('stg_servicetitan__appointments') }}
    where
        not is_deleted
        and coalesce(is_active, true)
        and not coalesce(is_unused, false)

),

first_windows as (

    select
        account,
        job_id,
        min(window_starts_at) as scheduled_starts_at,
        arg_min(window_ends_at, window_starts_at) as scheduled_ends_at
    from appointments
    group by
        account,
        job_id

),

assignments as (

    select
        account,
        job_id,
        technician_id
    from {{ ref('stg_servicetitan__appointment_assignments') }}
    where
        not is_deleted
        and coalesce(is_active, true)
        and technician_id is not null
    group by
        account,
        job_id,
        technician_id

),

crews as (

    select
        assignments.account,
        assignments.job_id,
        list(assignments.technician_id order by assignments.technician_id) as technician_ids,
        min(technicians.team) as crew
    from assignments
    left join {{ ref('stg_servicetitan__technicians') }} as technicians
        on assignments.account = technicians.account
        and assignments.technician_id = technicians.technician_id
    group by
        assignments.account,
        assignments.job_id

),

arrivals as (

    select
        account,
        job_id,
        min(arrived_at) as arrived_at
    from {{ ref('stg_servicetitan__timesheets') }}
    where
        not is_deleted
        and coalesce(is_active, true)
    group by
        account,
        job_id

),

starts as (

    select
        account,
        job_id,
        min(case when {{ normalised_word('event_type') }} in ('job started', 'work started', 'started', 'working') then happened_at end)
            as started_at,
        min(case when {{ normalised_word('event_type') }} in ('technician arrived', 'arrived') then happened_at end) as arrived_at
    from {{ ref('stg_servicetitan__job_events') }}
    group by
        account,
        job_id

),

servicetitan as (

    select
        titan_jobs.source,
        titan_jobs.account,
        titan_jobs.job_id,
        titan_jobs.job_number,
        titan_jobs.customer_id,
        titan_jobs.campaign_id,
        titan_jobs.lead_source_job_id as parent_job_id,
        coalesce(titan_jobs.recall_for_id, titan_jobs.warranty_id) as callback_of_job_id,
        job_types.name as job_type,
        case
            when titan_jobs.recall_for_id is not null then 'recall'
            when titan_jobs.warranty_id is not null then 'warranty'
            else job_types.job_class
        end as job_class,
        business_units.name as business_unit,
        case
            when {{ normalised_word('titan_jobs.status') }} in ('canceled', 'cancelled') and no_show_reasons.no_show_by is not null
                then 'No Show'
            else titan_jobs.status
        end as status,
        titan_jobs.status as vendor_status,
        case when {{ normalised_word('titan_jobs.status') }} in ('canceled', 'cancelled') then cancellations.cancel_reason end
            as cancel_reason,
        case when {{ normalised_word('titan_jobs.status') }} in ('canceled', 'cancelled') then no_show_reasons.no_show_by end
            as no_show_by,
        locations.street as service_address_line_1,
        locations.unit as service_address_line_2,
        locations.city as service_city,
        locations.state as service_state,
        {{ postal_code_5('locations.postal_code') }} as service_postal_code,
        crews.crew,
        titan_jobs.summary as notes,
        nullif(array_to_string(
            list_transform(
                titan_jobs.custom_fields,
                lambda field: concat(replace(field.name, '=', ' '), '=', replace(field.value, ';', ','))
            ),
            ';'
        ), '') as custom_fields,
        job_tags.tags,
        crews.technician_ids,
        estimates.estimate_cents,
        titan_jobs.total_cents,
        {{ normalised_word('titan_jobs.status') }} = 'hold' as on_hold,
        coalesce(titan_jobs.is_no_charge, false)
        or (
            titan_jobs.completed_at is not null
            and titan_jobs.total_cents = 0
            and voided_jobs.job_id is null
        ) as is_zero_value,
        titan_jobs.created_at,
        first_windows.scheduled_starts_at,
        first_windows.scheduled_ends_at,
        coalesce(arrivals.arrived_at, starts.arrived_at) as arrived_at,
        coalesce(starts.started_at, arrivals.arrived_at, starts.arrived_at) as started_at,
        estimates.approved_at,
        titan_jobs.completed_at,
        case
            when {{ normalised_word('titan_jobs.status') }} in ('canceled', 'cancelled')
                then coalesce(cancellations.cancelled_at, titan_jobs.updated_at, titan_jobs.known_at)
        end as cancelled_at,
        {{ version_columns('titan_jobs', 'coalesce(titan_jobs.is_active, true) = false') }}
    from titan_jobs
    left join voided_jobs
        on titan_jobs.account = voided_jobs.account
        and titan_jobs.job_id = voided_jobs.job_id
    left join job_types
        on titan_jobs.account = job_types.account
        and titan_jobs.job_type_id = job_types.job_type_id
    left join business_units
        on titan_jobs.account = business_units.account
        and titan_jobs.business_unit_id = business_units.business_unit_id
    left join locations
        on titan_jobs.account = locations.account
        and titan_jobs.location_id = locations.location_id
    left join job_tags
        on titan_jobs.account = job_tags.account
        and titan_jobs.job_id = job_tags.job_id
    left join cancellations
        on titan_jobs.account = cancellations.account
        and titan_jobs.job_id = cancellations.job_id
    left join no_show_reasons
        on {{ normalised_word('cancellations.cancel_reason') }} = no_show_reasons.reason_words
    left join estimates
        on titan_jobs.account = estimates.account
        and titan_jobs.job_id = estimates.job_id
    left join first_windows
        on titan_jobs.account = first_windows.account
        and titan_jobs.job_id = first_windows.job_id
    left join crews
        on titan_jobs.account = crews.account
        and titan_jobs.job_id = crews.job_id
    left join arrivals
        on titan_jobs.account = arrivals.account
        and titan_jobs.job_id = arrivals.job_id
    left join starts
        on titan_jobs.account = starts.account
        and titan_jobs.job_id = starts.job_id

),

{{ canonical_union('jobs', vendors=['servicetitan']) }}
