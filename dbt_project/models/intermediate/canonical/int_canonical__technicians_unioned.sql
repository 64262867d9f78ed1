with servicetitan as (

    select
        technicians.source,
        technicians.account,
        technicians.technician_id,
        technicians.name,
        technicians.team as crew,
        nullif(coalesce(technicians.hourly_cost_cents, 0) + coalesce(technicians.burden_cost_cents, 0), 0)
            as loaded_hour_cost_cents,
        {{ version_columns('technicians') }}
    from {{ ref('stg_servicetitan__technicians') }} as technicians

),

{{ canonical_union('technicians', vendors=['servicetitan']) }}
