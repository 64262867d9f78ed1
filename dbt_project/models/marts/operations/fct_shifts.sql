with

shifts as (

    select
        source,
        account,
        shift_id,
        technician_id,
        kind,
        starts_at,
        ends_at,
        known_at
    from {{ ref('int_canonical__shifts_unioned') }}
    where not is_deleted

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
        {{ surrogate_key(['shifts.source', 'shifts.account', 'shifts.shift_id']) }} as shift_key,
        shifts.source,
        shifts.account,
        {{ masked_text('shifts.shift_id') }} as shift_id,
        {{ masked_text('shifts.technician_id') }} as technician_id,
        technicians.crew,
        coalesce(
            division_locations.location_key,
            account_locations.location_key,
            'main'
        ) as location_key,
        shifts.kind,
        {{ local_date('shifts.starts_at') }} as starts_on,
        {{ local_date('shifts.ends_at') }} as ends_on,
        {{ local_date('shifts.known_at') }} as known_on,
        shifts.starts_at,
        shifts.ends_at,
        shifts.known_at
    from shifts
    left join technicians
        on shifts.source = technicians.source
        and shifts.account = technicians.account
        and shifts.technician_id = technicians.technician_id
    left join account_locations as division_locations
        on shifts.source = division_locations.source
        and shifts.account = division_locations.account
        and technicians.location = division_locations.division
    left join account_locations
        on shifts.source = account_locations.source
        and shifts.account = account_locations.account
        and account_locations.division is null

)

select * from final
