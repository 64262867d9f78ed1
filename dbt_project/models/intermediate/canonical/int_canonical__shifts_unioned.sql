with servicetitan as (

    select
        shifts.source,
        shifts.account,
        shifts.shift_id,
        shifts.technician_id,
        case
            when regexp_matches({{ normalised_word("concat_ws(' ', shifts.title, shifts.note)") }}, '(^| )(training|class|school)( |$)')
                then 'training'
            when regexp_matches({{ normalised_word("concat_ws(' ', shifts.title, shifts.note)") }}, '(^| )(meeting|huddle)( |$)')
                then 'meeting'
            when {{ normalised_word('shifts.shift_type') }} in ('timeoff', 'time off') then 'pto'
            else 'work'
        end as kind,
        shifts.starts_at,
        shifts.ends_at,
        {{ version_columns('shifts', 'coalesce(shifts.is_active, true) = false') }}
    from {{ ref('stg_servicetitan__technician_shifts') }} as shifts

),

{{ canonical_union('shifts', vendors=['servicetitan']) }}
