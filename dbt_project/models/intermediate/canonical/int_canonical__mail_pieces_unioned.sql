with recipients as (

    select
        *,
        count(*) over (partition by account, external_reference) as reference_count
    from {{ ref('stg_pcm__recipients') }}

),

variables_listed as (

    select
        account,
        record_id,
        unnest(variables) as variable
    from recipients
    where len(variables) > 0

),

variables_read as (

    select
        account,
        record_id,
        max(case when {{ normalised_code('variable.key') }} in ('PROMOCODE', 'PROMO', 'CODE', 'OFFERCODE', 'COUPON', 'COUPONCODE')
            then nullif(trim(variable.value), '') end)
            as promo_code,
        max(case when {{ normalised_code('variable.key') }} in ('URL', 'PURL', 'TRACKINGURL', 'QRURL', 'LANDINGURL')
            then nullif(trim(variable.value), '') end)
            as tracking_url,
        max(case when {{ normalised_code('variable.key') }} in ('PHONE', 'TRACKINGPHONE', 'TRACKINGNUMBER')
            then nullif(trim(variable.value), '') end)
            as tracking_phone,
        max(case when {{ normalised_code('variable.key') }} in ('CELL', 'CREATIVE', 'VERSION')
            then nullif(trim(variable.value), '') end)
            as cell,
        max(case when {{ normalised_code('variable.key') }} in ('CAMPAIGN', 'CAMPAIGNID', 'MAILCAMPAIGNID')
            then nullif(trim(variable.value), '') end)
            as campaign_id,
        max(case when {{ normalised_code('variable.key') }} in ('TRIGGERJOBID', 'JOBID', 'TRIGGERJOB', 'WORKORDERID', 'WORKORDER')
            then nullif(trim(variable.value), '') end)
            as trigger_job_id
    from variables_listed
    group by
        account,
        record_id

),

orders as (

    select
        account,
        order_id,
        external_reference,
        reference_kind,
        campaign_id,
        wave,
        status,
        batch_status,
        mail_class,
        recipient_count,
        mail_on,
        ordered_at
    from {{ ref('int_canonical__pcm_orders_read') }}

),

tracking as (

    select
        account,
        record_id,
        order_id,
        external_reference,
        status,
        occurred_at
    from {{ ref('stg_pcm__mail_tracking') }}
    where not is_deleted

),

tracked as (

    select
        account,
        order_id,
        external_reference,
        arg_max(status, occurred_at) as status
    from tracking
    group by
        account,
        order_id,
        external_reference

),

orders_tracked as (

    select
        account,
        order_id
    from tracking
    group by
        account,
        order_id

),

undelivered as (

    select
        account,
        order_id,
        external_reference,
        max(occurred_at) as occurred_at
    from {{ ref('stg_pcm__undeliverables') }}
    where not is_deleted
    group by
        account,
        order_id,
        external_reference

),

-- The card names the work order that fired it by id or by number, not whose it is.
dispatch_jobs as (

    select
        source,
        account,
        job_id,
        job_id as job_word
    from {{ ref('stg_servicetitan__jobs') }}
    union
    select
        source,
        account,
        job_id,
        job_number as job_word
    from {{ ref('stg_servicetitan__jobs') }}
    where job_number is not null

),

trigger_jobs as (

    select
        job_word,
        min(source) as source,
        min(account) as account,
        min(job_id) as job_id
    from dispatch_jobs
    where job_word in (select variables_read.trigger_job_id from variables_read)
    group by job_word
    having count(distinct concat_ws('|', source, account, job_id)) = 1

),

-- What was seen of a piece itself goes before the state of its order. Where other pieces of the order were
-- scanned, "Delivered" of the order says nothing of one that was not.
pcm as (

    select
        recipients.source,
        recipients.account,
        case
            when recipients.external_reference is not null and recipients.reference_count = 1
                then recipients.external_reference
            else recipients.record_id
        end as mail_piece_id,
        case
            when orders.reference_kind = 'person' then coalesce(variables_read.campaign_id, orders.campaign_id)
            else orders.campaign_id
        end as campaign_id,
        orders.wave,
        variables_read.cell,
        case
            when orders.reference_kind = 'person' then coalesce(recipients.external_reference, orders.external_reference)
            else recipients.external_reference
        end as recipient_id,
        recipients.first_name,
        recipients.last_name,
        recipients.company,
        recipients.address as address_line_1,
        recipients.address_2 as address_line_2,
        recipients.city,
        recipients.state,
        {{ postal_code_5('recipients.postal_code') }} as postal_code,
        {{ postal_code_4('recipients.postal_code') }} as postal_code_4,
        variables_read.promo_code,
        variables_read.tracking_url,
        variables_read.tracking_phone,
        trigger_jobs.source as trigger_job_source,
        trigger_jobs.account as trigger_job_account,
        coalesce(trigger_jobs.job_id, variables_read.trigger_job_id) as trigger_job_id,
        recipients.order_id as mail_order_id,
        case
            when {{ normalised_word('orders.status') }} in ('canceled', 'cancelled')
                or {{ normalised_word('orders.batch_status') }} in ('canceled', 'cancelled')
                then 'Canceled'
            when recipients.is_undeliverable or undelivered.order_id is not null then 'Undeliverable'
            when tracked.status is not null or recipients.status is not null
                then coalesce(tracked.status, recipients.status)
            when orders_tracked.order_id is not null and {{ normalised_word('orders.status') }} in ('delivered', 'complete')
                then 'sent'
            else coalesce(orders.status, orders.batch_status)
        end as status,
        coalesce(tracked.status, recipients.status, orders.status, orders.batch_status) as vendor_status,
        orders.mail_class,
        case
            when recipients.is_undeliverable or undelivered.order_id is not null then null
            when tracked.status is not null
                or {{ normalised_word('orders.batch_status') }} in ('mailing', 'delivered', 'complete')
                or {{ normalised_word('orders.status') }} in ('mailing', 'delivered')
                then orders.mail_on
        end as mailed_on,
        orders.ordered_at as created_at,
        {{ version_columns('recipients') }}
    from recipients
    inner join orders
        on recipients.account = orders.account
        and recipients.order_id = orders.order_id
    left join variables_read
        on recipients.account = variables_read.account
        and recipients.record_id = variables_read.record_id
    left join trigger_jobs
        on variables_read.trigger_job_id = trigger_jobs.job_word
    left join tracked
        on recipients.account = tracked.account
        and recipients.order_id = tracked.order_id
        and recipients.external_reference = tracked.external_reference
    left join orders_tracked
        on recipients.account = orders_tracked.account
        and recipients.order_id = orders_tracked.order_id
    left join undelivered
        on recipients.account = undelivered.account
        and recipients.order_id = undelivered.order_id
        and recipients.external_reference = undelivered.external_reference

),

{{ canonical_union('mail_pieces', vendors=['pcm']) }}
