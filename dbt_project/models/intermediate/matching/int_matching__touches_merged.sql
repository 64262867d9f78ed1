with touches as (

    select
        source,
        account,
        touch_id,
        occurred_at,
        kind,
        customer_source,
        customer_account,
        customer_id,
        {{ phone_digits('phone') }} as phone,
        lower(trim(email)) as email,
        utm_source,
        utm_medium,
        utm_campaign,
        gclid,
        tracking_phone,
        call_seconds,
        channel,
        job_source,
        job_account,
        job_id,
        job_number,
        first_known_at
    from {{ ref('int_canonical__touches_unioned') }}
    where not coalesce(is_deleted, false)

),

customers as (

    select
        source,
        account,
        customer_id,
        customer_key,
        household_key,
        match_probability
    from {{ ref('int_matching__customers_resolved') }}

),

contact_points as (

    select
        contact_point,
        customer_key,
        household_key
    from {{ ref('int_matching__contact_points_owned') }}

),

job_references as (

    select
        source,
        account,
        job_id,
        job_number,
        job_key
    from {{ ref('int_jobs__references_resolved') }}

),

jobs as (

    select
        job_key,
        customer_key,
        household_key,
        match_probability
    from {{ ref('int_jobs__keyed') }}

),

-- Who it was: the record's own customer, else the owner of the phone or e-mail, else the job's customer.
touches_joined as (

    select
        {{ surrogate_key(['touches.source', 'touches.account', 'touches.touch_id']) }} as touch_key,
        touches.source,
        touches.account,
        touches.touch_id,
        touches.occurred_at,
        touches.kind,
        coalesce(
            customers.customer_key,
            phones.customer_key,
            emails.customer_key,
            jobs.customer_key
        ) as customer_key,
        coalesce(
            customers.household_key,
            phones.household_key,
            emails.household_key,
            jobs.household_key
        ) as household_key,
        coalesce(customers.match_probability, jobs.match_probability) as match_probability,
        job_references.job_key,
        touches.phone,
        touches.utm_source,
        touches.utm_medium,
        touches.utm_campaign,
        touches.gclid,
        touches.tracking_phone,
        touches.call_seconds,
        touches.channel,
        touches.first_known_at
    from touches
    left join customers
        on touches.customer_source = customers.source
        and touches.customer_account = customers.account
        and touches.customer_id = customers.customer_id
    left join contact_points as phones
        on touches.phone = phones.contact_point
    left join contact_points as emails
        on touches.email = emails.contact_point
    left join job_references
        on touches.job_source = job_references.source
        and touches.job_account = job_references.account
        and coalesce(touches.job_id, '') = job_references.job_id
        and coalesce(touches.job_number, '') = job_references.job_number
    left join jobs
        on job_references.job_key = jobs.job_key

),

-- Call tracking, dispatch and CRM each write the same call down: the same number within 120 seconds, or
-- the vendor's own call id in another system on the same day.
calls_spaced as (

    select
        touch_key,
        coalesce(phone, 'id:' || touch_id || ':' || cast(cast(occurred_at as date) as varchar)) as caller,
        occurred_at,
        phone is not null
        and {{ seconds_between(
            'lag(occurred_at) over (partition by coalesce(phone, touch_id) order by occurred_at, touch_key)',
            'occurred_at'
        ) }} <= 120 as is_continued
    from touches_joined
    where kind = 'call'

),

calls_numbered as (

    select
        touch_key,
        caller,
        case
            when left(caller, 3) = 'id:' then 0
            else sum(case when is_continued then 0 else 1 end) over (
                partition by caller order by occurred_at, touch_key
                rows between unbounded preceding and current row
            )
        end as call_number
    from calls_spaced

),

touches_grouped as (

    select
        touches_joined.touch_key,
        touches_joined.source,
        touches_joined.account,
        touches_joined.touch_id,
        touches_joined.occurred_at,
        touches_joined.kind,
        touches_joined.customer_key,
        touches_joined.household_key,
        touches_joined.match_probability,
        touches_joined.job_key,
        touches_joined.utm_source,
        touches_joined.utm_medium,
        touches_joined.utm_campaign,
        touches_joined.gclid,
        touches_joined.tracking_phone,
        touches_joined.call_seconds,
        touches_joined.channel,
        touches_joined.first_known_at,
        case
            when calls_numbered.touch_key is not null
                then first_value(touches_joined.touch_key) over (
                    partition by calls_numbered.caller, calls_numbered.call_number
                    order by touches_joined.occurred_at, touches_joined.touch_key
                )
            else touches_joined.touch_key
        end as merged_touch_key
    from touches_joined
    left join calls_numbered
        on touches_joined.touch_key = calls_numbered.touch_key

),

-- The earliest record names the touch; what it does not know is taken from the next one.
touches_merged as (

    select
        touch_key,
        merged_touch_key,
        source,
        account,
        touch_id,
        kind,
        first_value(customer_key ignore nulls) over group_rows as customer_key,
        first_value(household_key ignore nulls) over group_rows as household_key,
        first_value(job_key ignore nulls) over group_rows as job_key,
        first_value(utm_source ignore nulls) over group_rows as utm_source,
        first_value(utm_medium ignore nulls) over group_rows as utm_medium,
        first_value(utm_campaign ignore nulls) over group_rows as utm_campaign,
        first_value(gclid ignore nulls) over group_rows as gclid,
        first_value(tracking_phone ignore nulls) over group_rows as tracking_phone,
        first_value(channel ignore nulls) over group_rows as channel,
        first_value(match_probability ignore nulls) over group_rows as match_probability,
        max(call_seconds) over group_rows as call_seconds,
        min(occurred_at) over group_rows as occurred_at,
        touch_key = merged_touch_key as is_kept,
        first_known_at
    from touches_grouped
    window group_rows as (
        partition by merged_touch_key
        order by occurred_at, touch_key
        rows between unbounded preceding and unbounded following
    )

)

select * from touches_merged
