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
enquiries_found as (

    select
        marks.source,
        marks.account,
        marks.entity,
        marks.entity_id,
        min(crm_marks.created_at) as reached_crm_at
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
    group by
        marks.source,
        marks.account,
        marks.entity,
        marks.entity_id

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
