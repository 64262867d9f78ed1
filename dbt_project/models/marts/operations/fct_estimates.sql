with

estimates as (

    select
        source,
        account,
        estimate_id,
        customer_source,
        customer_account,
        customer_id,
        job_source,
        job_account,
        job_id,
        job_number,
        status,
        amount_cents,
        presented_at,
        sold_at,
        known_at
    from {{ ref('int_canonical__estimates_unioned') }}
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
        {{ surrogate_key([
            'estimates.source',
            'estimates.account',
            'estimates.estimate_id'
        ]) }} as estimate_key,
        estimates.source,
        estimates.account,
        {{ masked_text('estimates.estimate_id') }} as estimate_id,
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
                when estimates.job_id is not null
                    then {{ surrogate_key([
            'estimates.job_source',
            'estimates.job_account',
            'estimates.job_id'
        ]) }}
            end
        ) as job_key,
        coalesce(
            jobs_by_id.location_key,
            jobs_by_number.location_key,
            account_locations.location_key,
            'main'
        ) as location_key,
        estimates.status,
        {{ amount('estimates.amount_cents') }} as amount,
        {{ local_date('estimates.presented_at') }} as presented_on,
        {{ local_date('estimates.sold_at') }} as sold_on,
        {{ local_date('estimates.known_at') }} as known_on,
        estimates.presented_at,
        estimates.sold_at,
        estimates.known_at
    from estimates
    left join customer_records
        on estimates.customer_source = customer_records.source
        and estimates.customer_account = customer_records.account
        and estimates.customer_id = customer_records.customer_id
    left join jobs as jobs_by_id
        on estimates.job_source = jobs_by_id.source
        and estimates.job_account = jobs_by_id.account
        and estimates.job_id = jobs_by_id.job_id
    left join jobs as jobs_by_number
        -- The test within the key: beside it, every row would be compared with every other.
        on estimates.job_source = jobs_by_number.source
        and estimates.job_account = jobs_by_number.account
        and case when estimates.job_id is null then estimates.job_number end = jobs_by_number.job_number
        and jobs_by_number.is_number_unique
    left join account_locations
        on estimates.source = account_locations.source
        and estimates.account = account_locations.account
        and account_locations.division is null

)

select * from final
