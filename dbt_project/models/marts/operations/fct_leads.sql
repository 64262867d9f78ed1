with

leads as (

    select
        source,
        account,
        lead_id,
        customer_source,
        customer_account,
        customer_id,
        job_source,
        job_account,
        job_id,
        job_number,
        campaign_source,
        campaign_account,
        campaign_id,
        mail_piece_source,
        mail_piece_account,
        mail_piece_id,
        status,
        lead_source,
        utm_source,
        utm_medium,
        utm_campaign,
        gclid,
        created_at,
        first_contacted_at,
        known_at,
        promo_code,
        tracking_phone
    from {{ ref('int_canonical__leads_unioned') }}
    where not is_deleted

),

customer_records as (

    select
        source,
        account,
        customer_id,
        customer_key,
        household_key
    from {{ ref('int_identity__records_keyed') }}
    where entity = 'customer'

),

jobs as (

    select
        source,
        account,
        job_id,
        job_number,
        job_key,
        customer_key,
        household_key,
        location_key,
        is_number_unique
    from {{ ref('int_operations__jobs_referenced') }}

),

campaigns as (

    select
        source,
        account,
        campaign_id,
        campaign_key
    from {{ ref('int_campaigns__linked') }}

),

account_locations as (

    select
        source,
        account,
        division,
        location_key
    from {{ ref('int_operations__divisions_located') }}

),

final as (

    select
        {{ surrogate_key(['leads.source', 'leads.account', 'leads.lead_id']) }} as lead_key,
        leads.source,
        leads.account,
        {{ masked_text('leads.lead_id') }} as lead_id,
        coalesce(
            customer_records.customer_key,
            jobs_by_id.customer_key,
            jobs_by_number.customer_key
        ) as customer_key,
        coalesce(
            customer_records.household_key,
            jobs_by_id.household_key,
            jobs_by_number.household_key
        ) as household_key,
        coalesce(
            jobs_by_id.job_key,
            jobs_by_number.job_key,
            case
                when leads.job_id is not null
                    then {{ surrogate_key(['leads.job_source', 'leads.job_account', 'leads.job_id']) }}
            end
        ) as job_key,
        coalesce(
            campaigns.campaign_key,
            case
                when leads.campaign_id is not null
                    then {{ surrogate_key([
            'leads.campaign_source',
            'leads.campaign_account',
            'leads.campaign_id'
        ]) }}
            end
        ) as campaign_key,
        case
            when leads.mail_piece_id is not null
                then {{ surrogate_key([
            'leads.mail_piece_source',
            'leads.mail_piece_account',
            'leads.mail_piece_id'
        ]) }}
        end as mail_piece_key,
        coalesce(
            jobs_by_id.location_key,
            jobs_by_number.location_key,
            account_locations.location_key,
            'main'
        ) as location_key,
        leads.status,
        {{ masked_text('leads.lead_source') }} as lead_source,
        leads.utm_source,
        leads.utm_medium,
        leads.utm_campaign,
        leads.gclid,
        (
            leads.job_id is not null
            or leads.job_number is not null
            or coalesce(lower(leads.status) in ('booked', 'converted', 'won', 'sold'), false)
        ) as is_booked,
        coalesce(
            leads.campaign_id,
            leads.mail_piece_id,
            leads.promo_code,
            leads.utm_source,
            leads.utm_campaign,
            leads.gclid,
            leads.tracking_phone,
            leads.lead_source
        ) is not null as has_marketing_source,
        {{ local_date('leads.created_at') }} as created_on,
        {{ local_date('leads.first_contacted_at') }} as first_contacted_on,
        {{ local_date('leads.known_at') }} as known_on,
        leads.created_at,
        leads.first_contacted_at,
        leads.known_at
    from leads
    left join customer_records
        on leads.customer_source = customer_records.source
        and leads.customer_account = customer_records.account
        and leads.customer_id = customer_records.customer_id
    left join jobs as jobs_by_id
        on leads.job_source = jobs_by_id.source
        and leads.job_account = jobs_by_id.account
        and leads.job_id = jobs_by_id.job_id
    left join jobs as jobs_by_number
        -- The test within the key: beside it, every row would be compared with every other.
        on leads.job_source = jobs_by_number.source
        and leads.job_account = jobs_by_number.account
        and case when leads.job_id is null then leads.job_number end = jobs_by_number.job_number
        and jobs_by_number.is_number_unique
    left join campaigns
        on leads.campaign_source = campaigns.source
        and leads.campaign_account = campaigns.account
        and leads.campaign_id = campaigns.campaign_id
    left join account_locations
        on leads.source = account_locations.source
        and leads.account = account_locations.account
        and account_locations.division is null

)

select * from final
