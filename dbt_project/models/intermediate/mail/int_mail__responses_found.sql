with touches as (

    select
        mail_piece_key,
        kind,
        occurred_at
    from {{ ref('int_matching__touches_tied') }}
    where
        mail_piece_key is not null
        and is_kept
        and kind not in ('email_sent', 'email_open')

),

pieces_tracked as (

    select
        mail_piece_key,
        responded_at
    from {{ ref('int_mail__pieces_tracked') }}
    where responded_at is not null

),

evidence as (

    select
        job_key,
        mail_piece_key
    from {{ ref('int_matching__job_evidence_collected') }}
    where mail_piece_key is not null

),

first_contacts as (

    select
        job_key,
        first_contact_at
    from {{ ref('int_jobs__first_contacts_found') }}

),

-- A scan or tracked call is seen when it happens. A code on a work order is seen only with the work order:
-- it makes the piece a responder, but opens no window by itself.
responses as (

    select
        mail_piece_key,
        occurred_at as signalled_at,
        occurred_at as responded_at
    from touches
    union all
    select
        mail_piece_key,
        responded_at as signalled_at,
        responded_at
    from pieces_tracked
    union all
    select
        evidence.mail_piece_key,
        cast(null as timestamp with time zone) as signalled_at,
        first_contacts.first_contact_at as responded_at
    from evidence
    inner join first_contacts
        on evidence.job_key = first_contacts.job_key

),

responses_found as (

    select
        mail_piece_key,
        min(signalled_at) as first_signalled_at,
        min(responded_at) as first_responded_at
    from responses
    group by mail_piece_key

)

select * from responses_found
