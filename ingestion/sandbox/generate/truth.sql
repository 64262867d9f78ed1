-- What no vendor knows: true lifts, arms, causes, identities, planted discrepancies.

create or replace view truth.campaigns as
select campaign, code, name, kind, channel, holdout_share, true_lift, started_on
from base.campaigns where kind <> 'always on' order by campaign;

create or replace view truth.members as
select
    m.n as member, d.code as campaign_code, d.wave, m.household, p.person_id,
    case when m.mailed then 'mailed' else 'holdout' end as arm,
    pc.piece_id, d.mailed_on, d.assigned_at
from base.members as m
inner join base.drops as d on d.drop = m.drop
inner join base.persons as p on p.person = m.person
left join base.pieces as pc on pc.piece = m.piece
order by m.n;

create or replace view truth.jobs as
with billed as (
    select
        i.job,
        sum(i.subtotal_cents + i.change_cents) as net_cents,
        sum(i.total_cents + i.change_cents) as total_cents
    from base.invoices as i
    where i.job >= 0 and i.voided_at is null
    group by i.job
),
credited as (
    select i.job, sum(m.cents - m.tax_cents) as net_cents
    from base.credit_memos as m inner join base.invoices as i on i.invoice = m.invoice
    where m.applied group by i.job
),
refunded as (
    select i.job, sum(-p.cents) as cents
    from base.payments as p inner join base.invoices as i on i.invoice = p.invoice
    where p.kind = 1 group by i.job
)
select
    'servicetitan' as source, j.account, j.job_id::varchar as job_id, j.job_number, j.job_class,
    p.person_id, p.household_id, j.created_at,
    case when j.cause_campaign < 0 then 'baseline' else 'campaign' end as cause,
    c.code as cause_campaign_code, d.wave as cause_wave, pc.piece_id as cause_piece_id,
    ['none', 'code', 'tracking_call', 'qr_scan'][j.evidence + 1] as evidence,
    j.evidence_code, j.code_style as evidence_code_style, j.piece_id as evidence_piece_id,
    coalesce(b.net_cents, 0) - coalesce(m.net_cents, 0) as net_before_refunds_cents,
    coalesce(b.total_cents, 0) as total_cents, coalesce(r.cents, 0) as refunded_cents
from base.jobs as j
inner join base.persons as p on p.person = j.person
left join base.campaigns as c on c.campaign = j.cause_campaign
left join base.drops as d on d.drop = j.cause_drop
left join base.pieces as pc on pc.piece = j.cause_piece
left join billed as b on b.job = j.job
left join credited as m on m.job = j.job
left join refunded as r on r.job = j.job
order by j.job;

create or replace view truth.invoices as
select
    'servicetitan' as source, i.account, j.job_id::varchar as job_id, i.invoice_id::varchar as invoice_id,
    i.created_at, i.changed_at, i.voided_at, i.subtotal_cents, i.change_cents, i.tax_cents, i.total_cents
from base.invoices as i inner join base.jobs as j on j.job = i.job
order by i.invoice;

create or replace view truth.returns as
select 'servicetitan' as source, m.account, m.invoice_id::varchar as invoice_id, 'credit_memo' as kind,
    m.issued_at as happened_at, m.cents, m.tax_cents
from base.credit_memos as m where m.applied
union all by name
select 'servicetitan' as source, p.account, p.invoice_id::varchar as invoice_id, 'refund' as kind,
    p.paid_at as happened_at, -p.cents as cents, null::bigint as tax_cents
from base.payments as p where p.kind = 1;

create or replace view truth.records as
select 'servicetitan' as source, c.account, 'customers' as entity, c.customer_id::varchar as record_id,
    p.person_id, p.household_id, c.property_id, c.created_at
from base.customers as c inner join base.persons as p on p.person = c.person
union all by name
select 'hubspot' as source, 'main' as account, 'contacts' as entity, c.contact_id::varchar as record_id,
    p.person_id, p.household_id, w.property_id, c.created_at
from base.contacts as c
inner join base.persons as p on p.person = c.person
inner join base.crm_written as w on w.n = c.row_n
union all by name
select 'quickbooks' as source, 'main' as account, 'customers' as entity, c.customer_id::varchar as record_id,
    p.person_id, p.household_id, w.property_id, c.created_at
from base.book_customers as c
inner join base.persons as p on p.person = c.person
inner join base.book_written as w on w.n = c.row_n
union all by name
select 'pcm' as source, 'main' as account, 'recipients' as entity, r.piece_id as record_id,
    p.person_id, p.household_id, w.property_id, d.ordered_at as created_at
from base.pieces as r
inner join base.persons as p on p.person = r.person
inner join base.drops as d on d.drop = r.drop
inner join base.recipients_written as w on w.n = r.piece
union all by name
select 'pcm' as source, 'main' as account, 'members' as entity, 'M' || lpad(m.n::varchar, 7, '0') as record_id,
    p.person_id, p.household_id, w.property_id, d.assigned_at as created_at
from base.members as m
inner join base.persons as p on p.person = m.person
inner join base.drops as d on d.drop = m.drop
inner join base.members_written as w on w.n = m.n;

create or replace view truth.faults as
select 'booking_without_job' as kind, 'servicetitan' as source, account, 'bookings' as entity,
    booking_id::varchar as record_id, happened_at + interval 1 hour as since,
    null::timestamp as until
from base.lost_requests where way = 1 and promised
union all by name
select 'job_without_booking' as kind, 'servicetitan' as source, account, 'jobs' as entity,
    job_id::varchar as record_id, created_at as since from base.jobs where nobody_asked
union all by name
select 'booking_wrong_customer' as kind, 'servicetitan' as source, account, 'bookings' as entity,
    booking_id::varchar as record_id, created_at as since from base.jobs where wrong_customer
union all by name
select 'duplicate_booking' as kind, 'servicetitan' as source, account, 'bookings' as entity,
    (booking_id + 15000000)::varchar as record_id, booking_at + interval 2 minute as since
from base.jobs where doubled_booking
union all by name
select 'slot_too_short' as kind, 'servicetitan' as source, account, 'jobs' as entity,
    job_id::varchar as record_id, created_at as since from base.jobs where too_short
union all by name
select 'job_outside_area' as kind, 'servicetitan' as source, account, 'jobs' as entity,
    job_id::varchar as record_id, created_at as since from base.jobs where outside_area
union all by name
select 'lost_marketing_source' as kind, 'servicetitan' as source, account, 'jobs' as entity,
    job_id::varchar as record_id, created_at as since from base.jobs where source_lost
union all by name
select 'vanished_job' as kind, 'servicetitan' as source, account, 'jobs' as entity,
    job_id::varchar as record_id, gone_at as since from base.jobs where gone_at is not null
union all by name
select 'illegal_transition' as kind, 'servicetitan' as source, account, 'jobs' as entity,
    job_id::varchar as record_id, reopened_at as since from base.jobs where reopened_at is not null
union all by name
select 'overlapping_timesheet' as kind, 'servicetitan' as source, account, 'timesheets' as entity,
    timesheet_id::varchar as record_id, sheet_done_at as since from base.jobs where sheet_planted
union all by name
select 'job_without_invoice' as kind, 'servicetitan' as source, account, 'jobs' as entity,
    job_id::varchar as record_id, completed_at as since from base.jobs where invoice_missing
union all by name
select 'lead_not_in_crm' as kind, 'servicetitan' as source, account,
    ['calls', 'bookings', 'leads'][way + 1] as entity,
    [call_id, booking_id, lead_id][way + 1]::varchar as record_id, happened_at as since
from base.lost_requests where missing_in_crm and is_wanted
union all by name
select 'lead_not_in_crm' as kind, 'servicetitan' as source, account,
    ['calls', 'bookings', 'leads'][way + 1] as entity,
    [call_id, booking_id, lead_id][way + 1]::varchar as record_id, created_at as since
from base.jobs where missing_in_crm
union all by name
select 'lead_without_source' as kind, 'servicetitan' as source, account, 'leads' as entity,
    lead_id::varchar as record_id, happened_at as since from base.lost_requests where without_source
union all by name
select 'crm_open_after_completion' as kind, 'hubspot' as source, 'main' as account, 'deals' as entity,
    d.deal_id::varchar as record_id, coalesce(j.completed_at, j.cancelled_at) as since
from base.jobs as j inner join base.deals as d on d.job = j.job
where j.crm_stays_open and coalesce(j.completed_at, j.cancelled_at) is not null
union all by name
select 'crm_last_mail_stale' as kind, 'hubspot' as source, 'main' as account, 'deals' as entity,
    d.deal_id::varchar as record_id, d.created_at as since
from base.jobs as j inner join base.deals as d on d.job = j.job
where j.stale_last_mail and exists (
    select 1 from base.pieces as p where p.person = j.person and p.entered_at < j.created_at)
union all by name
select 'invoice_without_job' as kind, 'servicetitan' as source, account, 'invoices' as entity,
    invoice_id::varchar as record_id, created_at as since from base.invoices where lost_job
union all by name
select 'invoice_differs_from_job' as kind, 'servicetitan' as source, account, 'invoices' as entity,
    invoice_id::varchar as record_id, created_at as since from base.invoices where total_differs
union all by name
select 'books_amount_differs' as kind, 'quickbooks' as source, 'main' as account, 'invoices' as entity,
    book_invoice_id::varchar as record_id, happened_at as since from base.book_invoices
where books_difference_cents <> 0 and not is_copy
union all by name
select 'books_invoice_missing' as kind, 'servicetitan' as source, account, 'invoices' as entity,
    invoice_id::varchar as record_id, created_at as since from base.invoices where books_at is null
union all by name
select 'books_invoice_doubled' as kind, 'quickbooks' as source, 'main' as account, 'invoices' as entity,
    book_invoice_id::varchar as record_id, happened_at as since, deleted_at as until
from base.book_invoices where is_copy
union all by name
select 'payment_over_invoice' as kind, 'servicetitan' as source, account, 'invoices' as entity,
    invoice_id::varchar as record_id, paid_at as since from base.invoices where overpaid
union all by name
select 'refund_over_invoice' as kind, 'servicetitan' as source, account, 'payments' as entity,
    payment_id::varchar as record_id, paid_at as since from base.payments where too_much
union all by name
select 'missing_tax_id' as kind, 'quickbooks' as source, 'main' as account, 'customers' as entity,
    customer_id::varchar as record_id, created_at as since from base.book_customers
where customer_type = 'commercial' and tax_id is null
union all by name
select 'piece_without_scan' as kind, 'pcm' as source, 'main' as account, 'recipients' as entity,
    p.piece_id as record_id, d.delivered_at as since
from base.pieces as p inner join base.drops as d on d.drop = p.drop where p.no_scan
union all by name
select 'campaign_outside_area' as kind, 'pcm' as source, 'main' as account, 'recipients' as entity,
    p.piece_id as record_id, d.ordered_at as since
from base.pieces as p inner join base.drops as d on d.drop = p.drop where p.outside_area
union all by name
select 'mailed_suppressed' as kind, 'pcm' as source, 'main' as account, 'recipients' as entity,
    p.piece_id as record_id, d.ordered_at as since
from base.pieces as p
inner join base.drops as d on d.drop = p.drop
inner join base.suppressed as s on s.person = p.person and s.added_on <= d.mailed_on
union all by name
select 'pieces_billed_not_mailed' as kind, 'pcm' as source, 'main' as account, 'mail_orders' as entity,
    d.order_id::varchar as record_id, d.mailing_at as since
from base.drops as d where d.overbilled;
