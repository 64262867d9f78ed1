with recursive jobs as (

    select
        job_key,
        parent_job_key
    from {{ ref('int_jobs__keyed') }}

),

contacts as (

    select
        job_key,
        kind,
        record_key,
        contact_at
    from {{ ref('int_jobs__contacts_linked') }}

),

own_contacts as (

    select
        job_key,
        min(contact_at) as contact_at,
        arg_min(kind, struct_pack(contact_at := contact_at, record_key := record_key)) as kind
    from contacts
    group by job_key

),

-- A tune-up that leads to a replacement is one chain. Ten steps bound a chain that bites its own tail.
chains as (

    select
        job_key,
        parent_job_key as ancestor_job_key,
        1 as steps
    from jobs
    where
        parent_job_key is not null
        and parent_job_key <> job_key
        and {{ run_setting('chain_follow_up_jobs') }}
    union all
    select
        chains.job_key,
        jobs.parent_job_key as ancestor_job_key,
        chains.steps + 1 as steps
    from chains
    inner join jobs
        on chains.ancestor_job_key = jobs.job_key
    where
        jobs.parent_job_key is not null
        and chains.steps < 10

),

chain_contacts as (

    select
        chains.job_key,
        min(own_contacts.contact_at) as contact_at
    from chains
    inner join own_contacts
        on chains.ancestor_job_key = own_contacts.job_key
    group by chains.job_key

),

first_contacts as (

    select
        own_contacts.job_key,
        case
            when chain_contacts.contact_at < own_contacts.contact_at then 'parent_job'
            else own_contacts.kind
        end as first_contact_kind,
        least(
            own_contacts.contact_at,
            coalesce(chain_contacts.contact_at, own_contacts.contact_at)
        ) as first_contact_at
    from own_contacts
    left join chain_contacts
        on own_contacts.job_key = chain_contacts.job_key

),

first_contacts_dated as (

    select
        job_key,
        first_contact_kind,
        {{ local_midnight(local_date('first_contact_at')) }} = first_contact_at as is_date_only,
        {{ local_date('first_contact_at') }} as first_contact_on,
        first_contact_at
    from first_contacts

)

select * from first_contacts_dated
