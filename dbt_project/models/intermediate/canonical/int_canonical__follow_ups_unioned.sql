with servicetitan as (

    select
        calls.source,
        calls.account,
        concat('call-', calls.call_id) as follow_up_id,
        calls.customer_id,
        calls.job_id,
        calls.job_number,
        'call' as kind,
        calls.called_at as occurred_at,
        {{ version_columns('calls', 'coalesce(calls.is_active, true) = false') }}
    from {{ ref('stg_servicetitan__calls') }} as calls
    where calls.direction = 'outbound'

),

links as (

    select
        account,
        record_type,
        record_id,
        contact_id,
        job_number
    from {{ ref('int_canonical__hubspot_links_read') }}

),

hubspot_mail as (

    select
        postal_mail.source,
        postal_mail.account,
        concat('postal_mail-', postal_mail.postal_mail_id) as follow_up_id,
        links.contact_id as customer_id,
        links.job_number,
        'mail' as kind,
        coalesce(postal_mail.occurred_at, postal_mail.record_created_at) as occurred_at,
        {{ version_columns('postal_mail', 'coalesce(postal_mail.is_archived, false)') }}
    from {{ ref('stg_hubspot__postal_mail') }} as postal_mail
    left join links
        on postal_mail.account = links.account
        and links.record_type = 'postal_mail'
        and postal_mail.postal_mail_id = links.record_id

),

hubspot_calls as (

    select
        calls.source,
        calls.account,
        concat('call-', calls.call_id) as follow_up_id,
        links.contact_id as customer_id,
        links.job_number,
        'call' as kind,
        calls.occurred_at,
        {{ version_columns('calls', 'coalesce(calls.is_archived, false)') }}
    from {{ ref('stg_hubspot__calls') }} as calls
    left join links
        on calls.account = links.account
        and links.record_type = 'calls'
        and calls.call_id = links.record_id
    where coalesce(calls.direction, 'outbound') = 'outbound'

),

-- A task is a follow-up once it is done; what it was is its type.
hubspot_tasks as (

    select
        tasks.source,
        tasks.account,
        concat('task-', tasks.task_id) as follow_up_id,
        links.contact_id as customer_id,
        links.job_number,
        case when tasks.task_type = 'email' then 'email' else 'call' end as kind,
        coalesce(tasks.completed_at, tasks.record_updated_at, tasks.due_at) as occurred_at,
        {{ version_columns('tasks', 'coalesce(tasks.is_archived, false)') }}
    from {{ ref('stg_hubspot__tasks') }} as tasks
    left join links
        on tasks.account = links.account
        and links.record_type = 'tasks'
        and tasks.task_id = links.record_id
    where tasks.status = 'completed'

),

{{ canonical_union('follow_ups', vendors=['servicetitan', 'hubspot_mail', 'hubspot_calls', 'hubspot_tasks']) }}
