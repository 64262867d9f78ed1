with touches as (

    select
        job_source as source,
        job_account as account,
        job_id,
        job_number
    from {{ ref('int_canonical__touches_unioned') }}
    where
        job_id is not null
        or job_number is not null

),

leads as (

    select
        job_source as source,
        job_account as account,
        job_id,
        job_number
    from {{ ref('int_canonical__leads_unioned') }}
    where
        job_id is not null
        or job_number is not null

),

bookings as (

    select
        job_source as source,
        job_account as account,
        job_id,
        job_number
    from {{ ref('int_canonical__bookings_unioned') }}
    where
        job_id is not null
        or job_number is not null

),

estimates as (

    select
        job_source as source,
        job_account as account,
        job_id,
        job_number
    from {{ ref('int_canonical__estimates_unioned') }}
    where
        job_id is not null
        or job_number is not null

),

appointments as (

    select
        job_source as source,
        job_account as account,
        job_id,
        job_number
    from {{ ref('int_canonical__appointments_unioned') }}
    where
        job_id is not null
        or job_number is not null

),

invoices as (

    select
        job_source as source,
        job_account as account,
        job_id,
        job_number
    from {{ ref('int_canonical__invoices_unioned') }}
    where
        job_id is not null
        or job_number is not null

),

invoice_lines as (

    select
        job_source as source,
        job_account as account,
        job_id,
        job_number
    from {{ ref('int_canonical__invoice_lines_unioned') }}
    where
        job_id is not null
        or job_number is not null

),

timesheets as (

    select
        job_source as source,
        job_account as account,
        job_id,
        job_number
    from {{ ref('int_canonical__timesheets_unioned') }}
    where
        job_id is not null
        or job_number is not null

),

triggers as (

    select
        trigger_job_source as source,
        trigger_job_account as account,
        trigger_job_id as job_id,
        cast(null as varchar) as job_number
    from {{ ref('int_canonical__mail_pieces_unioned') }}
    where trigger_job_id is not null

),

jobs as (

    select
        job_key,
        source,
        account,
        job_id,
        job_number
    from {{ ref('int_jobs__keyed') }}

),

job_references as (

    select
        source,
        account,
        job_id,
        job_number
    from touches
    union
    select
        source,
        account,
        job_id,
        job_number
    from leads
    union
    select
        source,
        account,
        job_id,
        job_number
    from bookings
    union
    select
        source,
        account,
        job_id,
        job_number
    from estimates
    union
    select
        source,
        account,
        job_id,
        job_number
    from appointments
    union
    select
        source,
        account,
        job_id,
        job_number
    from invoices
    union
    select
        source,
        account,
        job_id,
        job_number
    from invoice_lines
    union
    select
        source,
        account,
        job_id,
        job_number
    from timesheets
    union
    select
        source,
        account,
        job_id,
        job_number
    from triggers

),

own_numbers as (

    select
        source,
        account,
        job_number,
        min(job_key) as job_key
    from jobs
    where job_number is not null
    group by
        source,
        account,
        job_number
    having count(*) = 1

),

lone_numbers as (

    select
        job_number,
        min(job_key) as job_key
    from jobs
    where job_number is not null
    group by job_number
    having count(*) = 1

),

lone_ids as (

    select
        job_id,
        min(job_key) as job_key
    from jobs
    group by job_id
    having count(*) = 1

),

systems_with_jobs as (

    select
        source,
        account
    from jobs
    group by
        source,
        account

),

-- Exact id first; then the number people read out; then an id or number that only one job anywhere has,
-- because a mail or call system names the job and not the system it stands in. A dispatch account means
-- its own jobs: what it names and does not have is gone, not another account's job of the same id.
references_resolved as (

    select
        job_references.source,
        job_references.account,
        coalesce(job_references.job_id, '') as job_id,
        coalesce(job_references.job_number, '') as job_number,
        coalesce(
            jobs.job_key,
            own_numbers.job_key,
            lone_numbers.job_key,
            lone_ids.job_key
        ) as job_key,
        case
            when jobs.job_key is not null then 'job_id'
            when coalesce(own_numbers.job_key, lone_numbers.job_key) is not null then 'job_number'
            when lone_ids.job_key is not null then 'lone_job_id'
        end as method
    from job_references
    left join jobs
        on job_references.source = jobs.source
        and job_references.account = jobs.account
        and job_references.job_id = jobs.job_id
    left join own_numbers
        on job_references.source = own_numbers.source
        and job_references.account = own_numbers.account
        and job_references.job_number = own_numbers.job_number
    left join systems_with_jobs
        on job_references.source = systems_with_jobs.source
        and job_references.account = systems_with_jobs.account
    left join lone_numbers
        on job_references.job_number = lone_numbers.job_number
        and systems_with_jobs.source is null
    left join lone_ids
        on job_references.job_id = lone_ids.job_id
        and systems_with_jobs.source is null
    where coalesce(jobs.job_key, own_numbers.job_key, lone_numbers.job_key, lone_ids.job_key) is not null

)

select * from references_resolved
