with servicetitan as (

    select
        source,
        account,
        cost_id,
        campaign_id,
        channel,
        amount_cents,
        incurred_on,
        is_deleted,
        updated_at,
        first_known_at,
        known_at
    from {{ ref('int_canonical__campaign_months_costed') }}
    where channel != 'direct_mail'

),

{{ canonical_union('marketing_costs', vendors=['servicetitan']) }}
