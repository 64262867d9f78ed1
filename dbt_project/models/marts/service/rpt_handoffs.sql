with

members as (

    select
        max(assigned_at) as last_at
    from {{ ref('int_canonical__campaign_members_unioned') }}
    where assigned_at <= {{ as_of() }}

),

suppressions as (

    select
        max(known_at) as last_at
    from {{ ref('int_canonical__suppressions_unioned') }}

),

orders as (

    select
        max(ordered_at) as last_at
    from {{ ref('fct_mail_orders') }}
    where ordered_at <= {{ as_of() }}

),

mail_events as (

    select
        max(received_at) as last_received_at
    from {{ ref('fct_mail_events') }}
    where received_at <= {{ as_of() }}

),

mail_systems as (

    select source
    from {{ ref('fct_mail_pieces') }}
    group by source

),

mail_calls as (

    select
        calls.outcome,
        calls.method,
        calls.endpoint,
        calls.called_at
    from {{ ref('fct_api_calls') }} as calls
    inner join mail_systems
        on calls.source = mail_systems.source

),

callbacks as (

    select
        max(called_at) filter (where outcome = 'success') as last_at,
        count(*) filter (
            where outcome != 'success' and called_at > {{ second_add(as_of(), '-86400') }}
        ) as failures_24h
    from mail_calls
    where {{ is_callback('endpoint') }}

),

print_calls as (

    select
        max(called_at) filter (where outcome = 'success') as last_at,
        count(*) filter (
            where outcome != 'success' and called_at > {{ second_add(as_of(), '-86400') }}
        ) as failures_24h
    from mail_calls
    where
        upper(method) = 'POST'
        and regexp_matches(lower(endpoint), 'order|postcard')

),

readings as (

    select
        max(source_runs.finished_at) filter (where source_runs.is_complete) as last_at,
        count(*) filter (
            where
            not source_runs.is_complete
            and source_runs.finished_at > {{ second_add(as_of(), '-86400') }}
        ) as failures_24h
    from {{ ref('stg_matchback__source_runs') }} as source_runs
    inner join mail_systems
        on source_runs.source = mail_systems.source
    where source_runs.finished_at <= {{ as_of() }}

),

costs as (

    select
        max(known_at) as last_at
    from {{ ref('fct_mail_costs') }}

),

handoffs as (

    select
        1 as position,
        'list' as handoff,
        'marketing' as owner,
        last_at as last_success_at,
        0 as failures_24h,
        'Draw the split again with the same seed; nothing has left the house' as rollback_step
    from members
    union all
    select
        2,
        'suppression list',
        'marketing',
        last_at,
        0,
        'Stop the order until the list is in; take suppressed addresses off the file'
    from suppressions
    union all
    select
        3,
        'print call',
        'marketing',
        coalesce(print_calls.last_at, orders.last_at),
        print_calls.failures_24h,
        'Cancel the order at the vendor while it is pending, before the nightly cut-off'
    from orders
    cross join print_calls
    union all
    select
        4,
        'callback',
        'data',
        coalesce(callbacks.last_at, mail_events.last_received_at),
        callbacks.failures_24h,
        'Rely on the nightly poll; it reads every open batch again'
    from mail_events
    cross join callbacks
    union all
    select
        5,
        'tracking import',
        'data',
        last_at,
        failures_24h,
        'Read the vendor again in full; versions already landed add nothing'
    from readings
    union all
    select
        6,
        'cost import',
        'finance',
        last_at,
        0,
        'Take the rate card until the invoice is in'
    from costs

),

final as (

    select
        handoff,
        owner,
        rollback_step,
        'orchestration/runbooks.md#' || replace(handoff, ' ', '-') as runbook,
        cast(position as bigint) as position,
        cast(coalesce(failures_24h, 0) as bigint) as failures_24h,
        {{ local_date('last_success_at') }} as last_success_on,
        last_success_at
    from handoffs

)

select * from final
