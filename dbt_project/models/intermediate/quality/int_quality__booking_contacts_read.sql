with

servicetitan_bookings as (

    select
        source,
        account,
        booking_id,
        name,
        street,
        postal_code
    from {{ ref('stg_servicetitan__bookings') }}

),

final as (

    select
        source,
        account,
        booking_id,
        {{ normalised_word('name') }} as name_words,
        {{ normalised_word('street') }} as street_words,
        {{ postal_code_5('postal_code') }} as postal_code
    from servicetitan_bookings

)

select * from final
