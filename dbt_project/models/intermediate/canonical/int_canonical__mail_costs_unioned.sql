-- What dispatch notes as the cost of a mail campaign counts only where no mail vendor bills that campaign.
with servicetitan as (

    select
        source,
        account,
        cost_id,
        campaign_id,
        'other' as element,
        amount_cents,
        incurred_on,
        is_deleted,
        updated_at,
        first_known_at,
        known_at
    from {{ ref('int_canonical__campaign_months_costed') }}
    where
        channel = 'direct_mail'
        and not is_billed_by_mail_vendor

),

{{ canonical_union('mail_costs', vendors=['servicetitan']) }}
