with

leads as (

    select
        lead_key as subject_key,
        customer_key,
        job_key,
        location_key,
        account,
        created_at as owed_since_at,
        first_contacted_at as settled_at
    from {{ ref('fct_leads') }}

),

estimates as (

    select
        estimate_key as subject_key,
        customer_key,
        job_key,
        location_key,
        account,
        presented_at as owed_since_at,
        sold_at as settled_at
    from {{ ref('fct_estimates') }}
    where
        presented_at is not null
        and (sold_at is null or sold_at > presented_at)

),

jobs as (

    select
        job_key,
        customer_key,
        location_key,
        account,
        job_state,
        no_show_by,
        scheduled_ends_at,
        cancelled_at,
        completed_at
    from {{ ref('int_operations__jobs_described') }}
    where not is_deleted

),

owed as (

    select
        'lead' as owed_kind,
        subject_key,
        customer_key,
        job_key,
        location_key,
        account,
        owed_since_at,
        settled_at
    from leads
    union all
    select
        'estimate' as owed_kind,
        subject_key,
        customer_key,
        job_key,
        location_key,
        account,
        owed_since_at,
        settled_at
    from estimates
    union all
    select
        'completed job' as owed_kind,
        job_key as subject_key,
        customer_key,
        job_key,
        location_key,
        account,
        completed_at as owed_since_at,
        cast(null as timestamptz) as settled_at
    from jobs
    where completed_at is not null
    union all
    select
        'no-show' as owed_kind,
        job_key as subject_key,
        customer_key,
        job_key,
        location_key,
        account,
        coalesce(cancelled_at, scheduled_ends_at) as owed_since_at,
        cast(null as timestamptz) as settled_at
    from jobs
    where
        job_state = 'No Show'
        and coalesce(cancelled_at, scheduled_ends_at) is not null

),

owed_now as (

    select *
    from owed
    where owed_since_at <= {{ as_of() }}

),

follow_ups as (

    select
        customer_key,
        occurred_at
    from {{ ref('fct_follow_ups') }}
    where
        kind != 'mail'
        and customer_key is not null

),

first_follow_ups as (

    select
        owed_now.owed_kind,
        owed_now.subject_key,
        min(follow_ups.occurred_at) as followed_up_at
    from owed_now
    inner join follow_ups
        on owed_now.customer_key = follow_ups.customer_key
        and follow_ups.occurred_at >= owed_now.owed_since_at
    group by
        owed_now.owed_kind,
        owed_now.subject_key

),

owed_settled as (

    select
        owed_now.owed_kind,
        owed_now.subject_key,
        owed_now.customer_key,
        owed_now.job_key,
        owed_now.location_key,
        owed_now.account,
        owed_now.owed_since_at,
        {{ local_date('owed_now.owed_since_at') }} as owed_since_on,
        case
            when owed_now.settled_at is not null or first_follow_ups.followed_up_at is not null
                then greatest(
                    owed_now.owed_since_at,
                    least(
                        coalesce(owed_now.settled_at, first_follow_ups.followed_up_at),
                        coalesce(first_follow_ups.followed_up_at, owed_now.settled_at)
                    )
                )
        end as followed_up_at
    from owed_now
    left join first_follow_ups
        on owed_now.owed_kind = first_follow_ups.owed_kind
        and owed_now.subject_key = first_follow_ups.subject_key

),

days as (

    select
        date_on,
        business_day_number
    from {{ ref('int_calendar__days_built') }}

),

business_days as (

    select
        business_day_number,
        min(date_on) as date_on
    from days
    group by business_day_number

),

final as (

    select
        owed_settled.owed_kind,
        owed_settled.subject_key,
        owed_settled.customer_key,
        owed_settled.job_key,
        owed_settled.account,
        owed_settled.location_key,
        owed_settled.owed_since_at,
        {{ local_midnight(day_add('due_days.date_on', 1)) }} as due_at,
        case when owed_settled.followed_up_at <= {{ as_of() }} then owed_settled.followed_up_at end
            as followed_up_at,
        owed_days.business_day_number as owed_business_day_number,
        followed_days.business_day_number as followed_business_day_number
    from owed_settled
    inner join days as owed_days
        on owed_settled.owed_since_on = owed_days.date_on
    inner join business_days as due_days
        on owed_days.business_day_number + 3 = due_days.business_day_number
    left join days as followed_days
        on {{ local_date('owed_settled.followed_up_at') }} = followed_days.date_on

)

select * from final
