with

jobs as (

    select
        job_key,
        source,
        account,
        job_id,
        job_state,
        customer_key,
        is_deleted,
        completed_at,
        cancelled_at
    from {{ ref('int_operations__jobs_described') }}

),

job_numbers as (

    select
        job_key,
        job_number
    from {{ ref('int_operations__jobs_referenced') }}
    where is_number_unique

),

deals as (

    select
        source,
        account,
        deal_id,
        customer_source,
        customer_account,
        customer_id,
        job_number,
        is_closed,
        last_mail_sent_at,
        last_follow_up_at,
        created_at
    from {{ ref('int_canonical__crm_deals_unioned') }}
    where not is_deleted

),

-- Two accounts may use one number: then the deal's customer must tell them apart, or nobody does.
deals_of_jobs as (

    select
        deals.source,
        deals.account,
        deals.deal_id,
        jobs.job_key,
        jobs.job_state,
        jobs.completed_at,
        jobs.cancelled_at,
        deals.is_closed,
        count(*) over (partition by deals.source, deals.account, deals.deal_id) as job_count
    from deals
    inner join job_numbers
        on deals.job_number = job_numbers.job_number
    inner join jobs
        on job_numbers.job_key = jobs.job_key

),

identities as (

    select
        source,
        account,
        customer_id,
        customer_key
    from {{ ref('int_identity__records_keyed') }}
    where entity = 'customer'

),

scanned_pieces as (

    select mail_piece_key
    from {{ ref('fct_mail_events') }}
    where event_type in ('in_local_area', 'delivered', 'returned', 'sent')
    group by mail_piece_key

),

-- Only what the post has seen: a CRM is not behind for a piece that nobody knows to be mailed.
pieces as (

    select
        mail_pieces.customer_key,
        {{ local_date('mail_pieces.sent_at') }} as sent_on
    from {{ ref('fct_mail_pieces') }} as mail_pieces
    inner join scanned_pieces
        on mail_pieces.mail_piece_key = scanned_pieces.mail_piece_key
    where
        mail_pieces.sent_at is not null
        and mail_pieces.customer_key is not null
        and mail_pieces.status not in ('Cancelled', 'Failed')

),

last_mailings as (

    select
        deals.source,
        deals.account,
        deals.deal_id,
        {{ local_date('any_value(deals.last_mail_sent_at)') }} as noted_on,
        max(pieces.sent_on) as sent_on
    from deals
    inner join identities
        on deals.customer_source = identities.source
        and deals.customer_account = identities.account
        and deals.customer_id = identities.customer_id
    inner join pieces
        on identities.customer_key = pieces.customer_key
        and pieces.sent_on <= {{ local_date('deals.created_at') }}
    where deals.last_mail_sent_at is not null
    group by
        deals.source,
        deals.account,
        deals.deal_id

),

follow_ups as (

    select
        customer_key,
        occurred_at
    from {{ ref('fct_follow_ups') }}
    where
        kind != 'mail'
        and customer_key is not null
    union all
    select
        customer_key,
        occurred_at
    from {{ ref('fct_touches') }}
    where
        kind = 'call'
        and customer_key is not null

),

first_activities as (

    select
        deals.source,
        deals.account,
        deals.deal_id,
        any_value(deals.last_follow_up_at) as noted_at,
        min(abs({{ seconds_between('follow_ups.occurred_at', 'deals.last_follow_up_at') }}))
            as nearest_seconds
    from deals
    inner join identities
        on deals.customer_source = identities.source
        and deals.customer_account = identities.account
        and deals.customer_id = identities.customer_id
    inner join follow_ups
        on identities.customer_key = follow_ups.customer_key
    where deals.last_follow_up_at is not null
    group by
        deals.source,
        deals.account,
        deals.deal_id

),

transitions as (

    select
        job_key,
        from_state,
        to_state,
        happened_at
    from {{ ref('fct_job_transitions') }}

),

transitions_judged as (

    select
        transitions.job_key,
        transitions.from_state,
        transitions.to_state,
        transitions.happened_at,
        coalesce(transitions.from_state = 'Completed', false)
        or (transitions.from_state = 'Cancelled' and transitions.to_state != 'New')
        or (transitions.from_state = 'No Show' and transitions.to_state not in ('New', 'Cancelled'))
        or (
            transitions.to_state = 'No Show'
            and transitions.from_state in ('Completed', 'Client Approved')
        ) as is_illegal,
        count(*) over (
            partition by
                transitions.job_key,
                transitions.to_state,
                {{ local_date('transitions.happened_at') }}
        ) as repeat_count
    from transitions

),

illegal_jobs as (

    select
        job_key,
        min(from_state || ' to ' || to_state) as words,
        count(*) as transition_count
    from transitions_judged
    where is_illegal
    group by job_key

),

flickering_jobs as (

    select
        job_key,
        max(repeat_count) as repeat_count
    from transitions_judged
    where repeat_count >= 3
    group by job_key

),

final as (

    select
        'crm_open_after_completion' as rule,
        source,
        account,
        'crm_deals' as entity,
        deal_id as entity_id,
        'closed' as expected,
        'open' as observed,
        'work order ' || job_state || ' at '
        || cast(coalesce(completed_at, cancelled_at) as varchar) as detail
    from deals_of_jobs
    where
        job_count = 1
        and not coalesce(is_closed, false)
        and coalesce(completed_at, cancelled_at) <= {{ second_add(as_of(), '-7200') }}
    union all
    select
        'crm_last_mail_stale',
        source,
        account,
        'crm_deals',
        deal_id,
        cast(sent_on as varchar),
        cast(noted_on as varchar),
        'last mail before the deal, by the mail vendor and by the CRM'
    from last_mailings
    where {{ days_between('noted_on', 'sent_on') }} > 14
    union all
    select
        'crm_last_follow_up_stale',
        source,
        account,
        'crm_deals',
        deal_id,
        'an activity at that time',
        cast(noted_at as varchar),
        'nearest activity is ' || cast(nearest_seconds // 3600 as varchar) || ' hours away'
    from first_activities
    where nearest_seconds > 86400
    union all
    select
        'vanished_job',
        source,
        account,
        'jobs',
        job_id,
        'the work order in dispatch',
        'gone; kept here as ' || job_state,
        cast(null as varchar)
    from jobs
    where is_deleted
    union all
    select
        'illegal_transition',
        jobs.source,
        jobs.account,
        'jobs',
        jobs.job_id,
        'New, In Progress, Client Approved, Completed in this order, or an end',
        illegal_jobs.words,
        cast(illegal_jobs.transition_count as varchar) || ' in all'
    from jobs
    inner join illegal_jobs
        on jobs.job_key = illegal_jobs.job_key
    union all
    select
        'flickering_state',
        jobs.source,
        jobs.account,
        'jobs',
        jobs.job_id,
        'each state once a day',
        cast(flickering_jobs.repeat_count as varchar) || ' times in one day',
        cast(null as varchar)
    from jobs
    inner join flickering_jobs
        on jobs.job_key = flickering_jobs.job_key

)

select * from final
