-- A split is drawn once and never changes: it is known from the moment it was drawn.
with matchback as (

    select
        source,
        account,
        campaign_source,
        campaign_account,
        campaign_id,
        wave,
        member_id,
        recipient_id,
        customer_source,
        customer_account,
        customer_id,
        first_name,
        last_name,
        name,
        company,
        email,
        phone,
        address_line_1,
        address_line_2,
        city,
        state,
        {{ postal_code_5('postal_code') }} as postal_code,
        {{ postal_code_4('postal_code') }} as postal_code_4,
        country,
        arm,
        cell,
        stratum,
        randomised_unit,
        cast(planned_holdout_share as decimal(18, 6)) as planned_holdout_share,
        assigned_at,
        false as is_deleted,
        assigned_at as updated_at,
        assigned_at as first_known_at,
        assigned_at as known_at
    from {{ ref('stg_matchback__split_members') }}
    where assigned_at <= {{ as_of() }}

),

{{ canonical_union('campaign_members', vendors=['matchback']) }}
