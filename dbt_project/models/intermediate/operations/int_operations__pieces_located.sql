with

pieces as (

    select
        mail_piece_key,
        campaign_key,
        coalesce(wave, '1') as wave,
        location_key,
        in_home_on
    from {{ ref('fct_mail_pieces') }}
    where in_home_on is not null

),

addresses as (

    select
        {{ surrogate_key(['source', 'account', 'mail_piece_id']) }} as mail_piece_key,
        {{ postal_code_5('postal_code') }} as postal_code
    from {{ ref('int_canonical__mail_pieces_unioned') }}
    where not is_deleted

),

jobs as (

    select
        location_key,
        {{ postal_code_5('postal_code') }} as postal_code,
        count(*) as job_count
    from {{ ref('int_operations__jobs_described') }}
    where not is_deleted
    group by
        location_key,
        {{ postal_code_5('postal_code') }}

),

working_locations as (

    select location_key
    from jobs
    where location_key is not null
    group by location_key

),

areas as (

    select
        {{ postal_code_5('areas.postal_code') }} as postal_code,
        min(areas.location) as location_key
    from {{ ref('int_canonical__service_areas_unioned') }} as areas
    inner join working_locations
        on areas.location = working_locations.location_key
    where
        not areas.is_deleted
        and coalesce(areas.served, true)
    group by {{ postal_code_5('areas.postal_code') }}

),

worked_areas as (

    select
        postal_code,
        arg_max(location_key, struct_pack(jobs := job_count, place := location_key)) as location_key
    from jobs
    where
        postal_code is not null
        and location_key is not null
    group by postal_code

),

-- A mail vendor's account is no location of ours: a card comes home where crews serve its address.
final as (

    select
        pieces.mail_piece_key,
        pieces.campaign_key,
        pieces.wave,
        coalesce(
            areas.location_key,
            worked_areas.location_key,
            working_locations.location_key,
            '(all)'
        ) as location_key,
        pieces.in_home_on
    from pieces
    left join addresses
        on pieces.mail_piece_key = addresses.mail_piece_key
    left join areas
        on addresses.postal_code = areas.postal_code
    left join worked_areas
        on addresses.postal_code = worked_areas.postal_code
    left join working_locations
        on pieces.location_key = working_locations.location_key

)

select * from final
