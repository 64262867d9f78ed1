with

suppressions as (

    select
        suppressions.customer_source,
        suppressions.customer_account,
        suppressions.customer_id,
        suppressions.reason,
        suppressions.added_on,
        suppressions.postal_code,
        {{ normalised_word('suppressions.address_line_1') }} as street_words,
        {{ normalised_word("suppressions.address_line_1 || ' ' || coalesce(suppressions.address_line_2, '')") }}
            as whole_words,
        {{ normalised_word('coalesce(suppressions.last_name, suppressions.name, suppressions.company)') }} as name_words
    from {{ ref('int_canonical__suppressions_unioned') }} as suppressions
    where not suppressions.is_deleted

),

addresses as (

    select
        {{ surrogate_key(['pieces.source', 'pieces.account', 'pieces.mail_piece_id']) }}
            as mail_piece_key,
        pieces.postal_code,
        {{ normalised_word('pieces.address_line_1') }} as street_words,
        {{ normalised_word("pieces.address_line_1 || ' ' || coalesce(pieces.address_line_2, '')") }}
            as whole_words,
        {{ normalised_word('coalesce(pieces.last_name, pieces.name, pieces.company)') }} as name_words
    from {{ ref('int_canonical__mail_pieces_unioned') }} as pieces
    where not pieces.is_deleted

),

pieces as (

    select
        addresses.mail_piece_key,
        addresses.name_words,
        addresses.postal_code,
        {{ street_mark('addresses.street_words', 'addresses.postal_code') }} as street_mark,
        {{ house_number('addresses.street_words') }} as house_number,
        {{ unit_number('addresses.whole_words') }} as unit_number,
        fct_mail_pieces.customer_key
    from addresses
    inner join {{ ref('fct_mail_pieces') }} as fct_mail_pieces
        on addresses.mail_piece_key = fct_mail_pieces.mail_piece_key

),

places as (

    select
        reason,
        added_on,
        name_words,
        postal_code,
        {{ street_mark('street_words', 'postal_code') }} as street_mark,
        {{ house_number('street_words') }} as house_number,
        {{ unit_number('whole_words') }} as unit_number
    from suppressions
    where customer_id is null

),

by_customer as (

    select
        pieces.mail_piece_key,
        suppressions.reason,
        suppressions.added_on
    from suppressions
    inner join {{ ref('int_identity__records_keyed') }} as identities
        on suppressions.customer_source = identities.source
        and suppressions.customer_account = identities.account
        and suppressions.customer_id = identities.customer_id
        and identities.entity = 'customer'
    inner join pieces
        on identities.customer_key = pieces.customer_key

),

-- The same door: the building alone is not enough, its other flats are other people's.
by_home as (

    select
        pieces.mail_piece_key,
        places.reason,
        places.added_on
    from places
    inner join pieces
        on places.street_mark = pieces.street_mark
        and places.unit_number = pieces.unit_number

),

-- A slip of the finger in the street leaves name, house number and postal code.
by_name as (

    select
        pieces.mail_piece_key,
        places.reason,
        places.added_on
    from places
    inner join pieces
        on places.name_words = pieces.name_words
        and places.house_number = pieces.house_number
        and places.postal_code = pieces.postal_code

),

unioned as (

    select mail_piece_key, reason, added_on from by_customer
    union all
    select mail_piece_key, reason, added_on from by_home
    union all
    select mail_piece_key, reason, added_on from by_name

),

final as (

    select
        mail_piece_key,
        min(reason) as reason,
        -- Null: nobody knows since when, so always.
        case when count(*) = count(added_on) then min(added_on) end as added_on
    from unioned
    group by mail_piece_key

)

select * from final
