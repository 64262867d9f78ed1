with locations as (

    select
        source,
        account,
        location_id,
        customer_id,
        name,
        street,
        unit,
        city,
        state,
        postal_code,
        country,
        is_active,
        is_deleted,
        created_at,
        updated_at,
        first_known_at,
        known_at
    from {{ ref('stg_servicetitan__locations') }}

),

canonical as (

    select
        locations.source,
        locations.account,
        locations.location_id,
        locations.customer_id,
        locations.name,
        locations.street as address_line_1,
        locations.unit as address_line_2,
        locations.city,
        locations.state,
        {{ postal_code_5('locations.postal_code') }} as postal_code,
        {{ postal_code_4('locations.postal_code') }} as postal_code_4,
        locations.country,
        locations.created_at,
        {{ version_columns('locations', 'coalesce(locations.is_active, true) = false') }}
    from locations

)

select * from canonical
