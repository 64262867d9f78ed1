with

enquiries as (

    select
        source,
        account,
        entity,
        entity_id,
        kind,
        job_key,
        job_number,
        customer_key,
        phone,
        email,
        name_words,
        street_mark,
        has_source,
        is_settled,
        asked_at
    from {{ ref('int_quality__enquiries_collected') }}
    where not is_in_crm

),

crm_known as (

    select
        count(*) > 0 as is_known,
        -- Where most deals name their work order, a deal of another one proves nothing.
        2 * count(job_number) >= count(*) as is_naming_jobs
    from {{ ref('int_canonical__crm_deals_unioned') }}

),

people as (

    select enquiries.*
    from enquiries
    cross join crm_known
    where enquiries.job_number is null or not crm_known.is_naming_jobs

),

marks as (

    select source, account, entity, entity_id, asked_at, 'job_number' as mark_kind, job_number as mark
    from enquiries
    union all
    select source, account, entity, entity_id, asked_at, 'customer_key', customer_key
    from people
    union all
    select source, account, entity, entity_id, asked_at, 'phone', phone
    from people
    union all
    select source, account, entity, entity_id, asked_at, 'email', email
    from people
    union all
    select source, account, entity, entity_id, asked_at, 'name', name_words
    from people
    union all
    select source, account, entity, entity_id, asked_at, 'street', street_mark
    from people
    union all
    select source, account, entity, entity_id, asked_at, 'nobody', 'nobody'
    from people

),

crm_marks as (

    select
        mark_kind,
        mark,
        deal_id,
        created_at
    from {{ ref('int_quality__crm_contacts_indexed') }}

),

-- A number names the deal whenever it was made; a person's marks only near the enquiry.
claims as (

    select
        marks.source,
        marks.account,
        marks.entity,
        marks.entity_id,
        crm_marks.deal_id,
        crm_marks.created_at
    from marks
    inner join crm_marks
        on marks.mark_kind = crm_marks.mark_kind
        and marks.mark = crm_marks.mark
        and (
            marks.mark_kind = 'job_number'
            or crm_marks.created_at between {{ second_add('marks.asked_at', '-3600') }}
                and {{ second_add(
                    'marks.asked_at',
                    "case when marks.mark_kind = 'nobody' then 600 else 3 * 86400 end"
                ) }}
        )
    where marks.mark is not null

),

claimed as (

    select
        source,
        account,
        entity,
        entity_id,
        min(created_at) as reached_crm_at
    from claims
    group by
        source,
        account,
        entity,
        entity_id

),

-- Of a call that led to nothing only the number is known, and people have several: a deal of no
-- work order that nothing else explains, made within ten minutes, stands for it.
unexplained_deals as (

    select
        deals.deal_id,
        deals.created_at
    from {{ ref('int_canonical__crm_deals_unioned') }} as deals
    left join (select deal_id from claims group by deal_id) as explained
        on deals.deal_id = explained.deal_id
    where
        explained.deal_id is null
        and deals.job_number is null
        and not deals.is_deleted

),

calls_alone as (

    select
        enquiries.source,
        enquiries.account,
        enquiries.entity,
        enquiries.entity_id,
        enquiries.asked_at
    from enquiries
    left join claimed
        on enquiries.source = claimed.source
        and enquiries.account = claimed.account
        and enquiries.entity = claimed.entity
        and enquiries.entity_id = claimed.entity_id
    where
        enquiries.kind = 'call'
        and enquiries.job_key is null
        and enquiries.customer_key is null
        and claimed.entity_id is null

),

calls_explained as (

    select
        calls_alone.source,
        calls_alone.account,
        calls_alone.entity,
        calls_alone.entity_id,
        min(unexplained_deals.created_at) as reached_crm_at
    from calls_alone
    inner join unexplained_deals
        on unexplained_deals.created_at >= calls_alone.asked_at
        and unexplained_deals.created_at <= {{ second_add('calls_alone.asked_at', '600') }}
    group by
        calls_alone.source,
        calls_alone.account,
        calls_alone.entity,
        calls_alone.entity_id

),

enquiries_found as (

    select * from claimed
    union all
    select * from calls_explained

),

final as (

    select
        enquiries.source,
        enquiries.account,
        enquiries.entity,
        enquiries.entity_id,
        enquiries.kind,
        enquiries.job_key,
        enquiries.has_source,
        enquiries.is_settled,
        enquiries_found.reached_crm_at is not null as is_in_crm,
        coalesce(
            enquiries_found.reached_crm_at > {{ second_add('enquiries.asked_at', '900') }}, false
        ) as is_late,
        enquiries.asked_at,
        enquiries_found.reached_crm_at
    from enquiries
    cross join crm_known
    left join enquiries_found
        on enquiries.source = enquiries_found.source
        and enquiries.account = enquiries_found.account
        and enquiries.entity = enquiries_found.entity
        and enquiries.entity_id = enquiries_found.entity_id
    where crm_known.is_known

)

select * from final
