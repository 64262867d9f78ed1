with

follow_ups as (

    select
        source,
        account,
        follow_up_id,
        customer_source,
        customer_account,
        customer_id,
        job_source,
        job_account,
        job_id,
        job_number,
        kind,
        occurred_at,
        known_at
    from {{ ref('int_canonical__follow_ups_unioned') }}
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
            'follow_ups.source',
            'follow_ups.account',
            'follow_ups.follow_up_id'
        ]) }} as follow_up_key,
        follow_ups.source,
        follow_ups.account,
        {{ masked_text('follow_ups.follow_up_id') }} as follow_up_id,
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
                when follow_ups.job_id is not null
                    then {{ surrogate_key([
            'follow_ups.job_source',
            'follow_ups.job_account',
            'follow_ups.job_id'
        ]) }}
            end
        ) as job_key,
        coalesce(
            jobs_by_id.location_key,
            jobs_by_number.location_key,
            account_locations.location_key,
            'main'
        ) as location_key,
        follow_ups.kind,
        {{ local_date('follow_ups.occurred_at') }} as occurred_on,
        {{ local_date('follow_ups.known_at') }} as known_on,
        follow_ups.occurred_at,
        follow_ups.known_at
    from follow_ups
    left join customer_records
        on follow_ups.customer_source = customer_records.source
        and follow_ups.customer_account = customer_records.account
        and follow_ups.customer_id = customer_records.customer_id
    left join jobs as jobs_by_id
        on follow_ups.job_source = jobs_by_id.source
        and follow_ups.job_account = jobs_by_id.account
        and follow_ups.job_id = jobs_by_id.job_id
    left join jobs as jobs_by_number
        -- The test within the key: beside it, every row would be compared with every other.
        on follow_ups.job_source = jobs_by_number.source
        and follow_ups.job_account = jobs_by_number.account
        and case when follow_ups.job_id is null then follow_ups.job_number end = jobs_by_number.job_number
        and jobs_by_number.is_number_unique
    left join account_locations
        on follow_ups.source = account_locations.source
        and follow_ups.account = account_locations.account
        and account_locations.division is null

)

select * from final
