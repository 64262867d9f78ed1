with servicetitan as (

    select
        estimates.source,
        estimates.account,
        estimates.estimate_id,
        estimates.job_id,
        estimates.job_number,
        estimates.customer_id,
        estimates.status,
        estimates.subtotal_cents as amount_cents,
        estimates.created_at as presented_at,
        estimates.sold_at,
        {{ version_columns('estimates', 'coalesce(estimates.is_active, true) = false') }}
    from {{ ref('stg_servicetitan__estimates') }} as estimates

),

{{ canonical_union('estimates', vendors=['servicetitan']) }}
