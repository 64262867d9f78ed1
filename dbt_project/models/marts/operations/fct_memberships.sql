with

memberships as (

    select
        source,
        account,
        membership_id,
        customer_source,
        customer_account,
        customer_id,
        plan,
        sold_on_job_id,
        recurring_cents,
        started_on,
        ended_on,
        known_at
    from {{ ref('int_canonical__memberships_unioned') }}
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
            'memberships.source',
            'memberships.account',
            'memberships.membership_id'
        ]) }} as membership_key,
        memberships.source,
        memberships.account,
        {{ masked_text('memberships.membership_id') }} as membership_id,
        customer_records.customer_key,
        customer_records.household_key,
        coalesce(
            account_locations.location_key,
            'main'
        ) as location_key,
        memberships.plan,
        {{ masked_text('memberships.sold_on_job_id') }} as sold_on_job_id,
        {{ amount('memberships.recurring_cents') }} as recurring_amount,
        memberships.started_on,
        memberships.ended_on,
        {{ local_date('memberships.known_at') }} as known_on,
        memberships.known_at
    from memberships
    left join customer_records
        on memberships.customer_source = customer_records.source
        and memberships.customer_account = customer_records.account
        and memberships.customer_id = customer_records.customer_id
    left join account_locations
        on memberships.source = account_locations.source
        and memberships.account = account_locations.account
        and account_locations.division is null

)

select * from final
