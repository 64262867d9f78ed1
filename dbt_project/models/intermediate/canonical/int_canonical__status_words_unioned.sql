with overrides as (

    select
        source,
        account,
        entity,
        vendor_word,
        canonical_word
    from {{ ref('stg_matchback__setting_status_overrides') }}

),

seeded as (

    select
        source,
        entity,
        vendor_word,
        canonical_word
    from {{ ref('seed_status_words') }}

),

unioned as (

    select
        case when nullif(account, '') is null then 2 else 1 end as rank,
        nullif(source, '') as source,
        nullif(account, '') as account,
        rtrim(entity, 's') as entity,
        {{ normalised_word('vendor_word') }} as vendor_word,
        canonical_word
    from overrides

    union all

    select
        case when nullif(source, '') is null then 4 else 3 end as rank,
        nullif(source, '') as source,
        cast(null as varchar) as account,
        entity,
        vendor_word,
        canonical_word
    from seeded

)

select * from unioned
