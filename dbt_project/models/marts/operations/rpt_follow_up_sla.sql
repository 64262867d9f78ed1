with

owed as (

    select
        owed_kind,
        subject_key,
        customer_key,
        job_key,
        account,
        location_key,
        owed_since_at,
        due_at,
        followed_up_at,
        owed_business_day_number,
        followed_business_day_number
    from {{ ref('int_operations__follow_ups_owed') }}

),

final as (

    select
        {{ surrogate_key(['owed_kind', 'subject_key']) }} as owed_key,
        owed_kind,
        customer_key,
        job_key,
        account,
        location_key,
        case
            when followed_up_at is not null
                then cast(followed_business_day_number - owed_business_day_number as bigint)
        end as business_days_taken,
        case
            when followed_up_at is not null then followed_up_at >= due_at
            else due_at <= {{ as_of() }}
        end as is_missed,
        {{ local_date('owed_since_at') }} as owed_since_on,
        {{ local_date('due_at') }} as due_on,
        {{ local_date('followed_up_at') }} as followed_up_on,
        owed_since_at,
        due_at,
        followed_up_at
    from owed

)

select * from final
