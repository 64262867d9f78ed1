with lead_jobs as (

    select
        account,
        lead_id,
        min(job_id) as job_id
    from {{ ref('stg_servicetitan__calls') }}
    where
        lead_id is not null
        and job_id is not null
    group by
        account,
        lead_id

),

servicetitan as (

    select
        leads.source,
        leads.account,
        leads.lead_id,
        leads.customer_id,
        lead_jobs.job_id,
        leads.campaign_id,
        leads.contact_name as name,
        leads.contact_email as email,
        leads.contact_phone as phone,
        leads.street as address_line_1,
        leads.unit as address_line_2,
        leads.city,
        leads.state,
        {{ postal_code_5('leads.postal_code') }} as postal_code,
        {{ postal_code_4('leads.postal_code') }} as postal_code_4,
        leads.country,
        leads.capture_source as lead_source,
        leads.status,
        leads.created_at,
        {{ version_columns('leads', 'coalesce(leads.is_active, true) = false') }}
    from {{ ref('stg_servicetitan__leads') }} as leads
    left join lead_jobs
        on leads.account = lead_jobs.account
        and leads.lead_id = lead_jobs.lead_id

),

hubspot as (

    select
        deals.source,
        deals.account,
        concat('deal-', deals.deal_id) as lead_id,
        deals.customer_id,
        deals.job_source,
        deals.job_account,
        deals.job_id,
        deals.job_number,
        deals.campaign_id,
        deals.promo_code,
        deals.utm_source,
        deals.utm_medium,
        deals.utm_campaign,
        deals.gclid,
        case
            when deals.is_won then 'converted'
            when deals.is_closed then 'dismissed'
            else 'open'
        end as status,
        deals.stage as vendor_status,
        deals.created_at,
        deals.is_deleted,
        deals.deleted_at,
        deals.updated_at,
        deals.first_known_at,
        deals.known_at
    from {{ ref('int_canonical__crm_deals_unioned') }} as deals

),

{{ canonical_union('leads', vendors=['servicetitan', 'hubspot']) }}
