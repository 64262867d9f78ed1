-- depends_on: {{ ref('int_identity__customers_linked') }}
with

registry as (

    select
        record_key,
        from_customer_key,
        customer_key,
        known_at
    from {{ ref('stg_matchback__identity_registry') }}
    where known_at <= {{ as_of() }}

),

linked as (

    select
        record_key,
        customer_key
    from {{ ref('int_identity__customers_linked') }}

),

keys as (

    select
        customer_key,
        min(known_at) as registered_at
    from registry
    group by customer_key

),

live_keys as (

    select
        customer_key,
        count(*) as record_count
    from linked
    group by customer_key

),

-- Where the records that once had a key are now: most of them decide whom it is an alias of.
followed as (

    select
        registry.customer_key,
        linked.customer_key as current_customer_key,
        count(*) as record_count
    from registry
    inner join linked
        on registry.record_key = linked.record_key
    group by
        registry.customer_key,
        linked.customer_key
    qualify row_number() over (
        partition by registry.customer_key
        order by
            registry.customer_key = linked.customer_key desc,
            count(*) desc,
            linked.customer_key
    ) = 1

),

final as (

    select
        keys.customer_key,
        followed.current_customer_key,
        coalesce(
            live_keys.record_count,
            0
        ) as record_count,
        live_keys.customer_key is null as is_alias,
        keys.registered_at
    from keys
    left join live_keys
        on keys.customer_key = live_keys.customer_key
    left join followed
        on keys.customer_key = followed.customer_key

)

select * from final
