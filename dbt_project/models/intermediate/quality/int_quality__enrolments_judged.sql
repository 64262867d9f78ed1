-- One active campaign per contact and goal: an overlap is a finding from when it is known to its last day.
with

simultaneous as (

    select
        source,
        account,
        campaign_id,
        customer_key,
        earlier_campaign_id,
        goal,
        overlaps_from_on,
        overlaps_to_on
    from {{ ref('int_identity__campaign_overlaps_found') }}
    where overlaps_to_on >= {{ local_date(as_of()) }}

),

final as (

    select
        'overlapping_campaigns' as rule,
        source,
        account,
        'campaign_members' as entity,
        concat_ws('|', campaign_id, customer_key) as entity_id,
        'one active campaign for the goal ' || goal as expected,
        cast(count(*) + 1 as varchar) || ' at once' as observed,
        'also in ' || string_agg(
            earlier_campaign_id || ' until ' || cast(overlaps_to_on as varchar),
            ', '
            order by earlier_campaign_id
        ) as detail
    from simultaneous
    group by
        source,
        account,
        campaign_id,
        customer_key,
        goal

)

select * from final
