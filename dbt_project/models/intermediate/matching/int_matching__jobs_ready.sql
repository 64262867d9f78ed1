with jobs as (

    select
        job_key,
        customer_key,
        household_key,
        customer_household_key,
        address_key,
        match_probability
    from {{ ref('int_jobs__keyed') }}

),

judged as (

    select
        job_key,
        not_eligible_because,
        is_eligible
    from {{ ref('int_jobs__judged') }}

),

first_contacts as (

    select
        job_key,
        is_date_only,
        first_contact_on,
        first_contact_at
    from {{ ref('int_jobs__first_contacts_found') }}

),

jobs_ready as (

    select
        jobs.job_key,
        jobs.customer_key,
        jobs.household_key,
        jobs.customer_household_key,
        jobs.address_key,
        jobs.match_probability,
        judged.not_eligible_because,
        judged.is_eligible,
        first_contacts.is_date_only,
        first_contacts.first_contact_on,
        first_contacts.first_contact_at
    from jobs
    inner join judged
        on jobs.job_key = judged.job_key
    inner join first_contacts
        on jobs.job_key = first_contacts.job_key

)

select * from jobs_ready
