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
        postal_code,
        has_source,
        asked_at
    from {{ ref('int_quality__enquiries_collected') }}
    where not is_in_crm

),

marks as (

    select source, account, entity, entity_id, asked_at, 'job_number' as mark_kind, job_number as mark
    from enquiries
    union all
    select source, account, entity, entity_id, asked_at, 'customer_key', customer_key
    from enquiries
    union all
    select source, account, entity, entity_id, asked_at, 'phone', phone
    from enquiries
    union all
    select source, account, entity, entity_id, asked_at, 'email', email
    from enquiries
    union all
    select source, account, entity, entity_id, asked_at, 'name', name_words
    from enquiries
    union all
    select
        source,
        account,
        entity,
        entity_id,
        asked_at,
        'name_at_postal_code',
        regexp_extract(name_words, '[a-z0-9]+$') || ' ' || postal_code
    from enquiries

),

crm_marks as (

    select
        mark_kind,
        mark,
        deal_id,
        created_at
    from {{ ref('int_quality__crm_contacts_indexed') }}

),

crm_known as (

    select count(*) > 0 as is_known
    from {{ ref('int_canonical__crm_deals_unioned') }}

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
                and {{ second_add('marks.asked_at', '3 * 86400') }}
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
