-- From loaded numbers to the operator's records: ids, names, codes. {placeholders} are constants.

create or replace table base.homes as
select
    rowid as household,
    property_id as household_id,
    address_line_1, address_line_2, city, state, postal_code
from base.properties_raw;

create or replace table base.customers as
select
    r.n as row_n,
    r.person,
    r.kind,
    a.account,
    {customer} + r.seq as customer_id,
    {location} + r.seq as location_id,
    r.created_at,
    r.merged_at,
    {customer} + m.seq as merged_into_id,
    r.changed_at,
    r.do_not_mail,
    w.name,
    w.company,
    w.customer_type,
    w.address_line_1, w.address_line_2, w.city, w.state, w.postal_code,
    w.phone, w.phone_2, w.email,
    w.property_id,
    r.seq
from base.dispatch_records as r
inner join base.dispatch_written as w on w.n = r.n
inner join base.accounts as a on a.tenant = r.tenant
left join base.dispatch_records as m on m.n = r.merged_into;

create or replace table base.campaigns as
select * from base.campaigns_raw;

create or replace table base.pieces as
select
    p.n as piece,
    p.drop,
    d.campaign,
    d.wave,
    d.code as campaign_code,
    d.order_ref,
    d.order_id,
    d.batch_id,
    p.sequence,
    d.order_ref || '-' || lpad(p.sequence::varchar, 6, '0') as piece_id,
    case when d.code_style = 'unique'
        then d.code_prefix || '-' || printf('%06X', (p.sequence * 48271) % 16777213)
        else d.shared_code end as promo_code,
    p.household,
    p.person,
    p.printed_at, p.entered_at, p.delivered_at, p.returned_at, p.in_home_at,
    p.failed, p.no_scan, p.outside_area, p.suppressed
from base.pieces_raw as p
inner join base.drops as d on d.drop = p.drop
order by p.n;

create or replace table base.jobs as
with numbered as (
    select
        j.*,
        a.account,
        a.number_base,
        row_number() over (partition by a.account order by j.created_at, j.n) as seq
    from base.jobs_raw as j
    inner join base.accounts as a on a.tenant = j.tenant
)
select
    j.n as job,
    j.account,
    {job} + j.seq as job_id,
    (j.number_base + j.seq)::varchar as job_number,
    {appointment} + j.seq as appointment_id,
    {invoice} + j.seq as invoice_id,
    {estimate} + j.seq as estimate_id,
    {call} + j.seq as call_id,
    {lead} + j.seq as lead_id,
    {booking} + j.seq as booking_id,
    {timesheet} + j.seq as timesheet_id,
    {assignment} + j.seq as assignment_id,
    j.seq,
    c.customer_id,
    case when j.outside_area then {location} + 40000000 + j.seq else c.location_id end as location_id,
    c.name as customer_name, c.customer_type,
    c.address_line_1, c.address_line_2, c.city, c.state, c.postal_code, c.phone, c.email,
    t.type_id, t.name as type_name, t.class_name as job_class, t.business_unit, t.slot_hours,
    j.* exclude (n, job_class, job_type, number_base, seq, account),
    p.piece_id, p.promo_code,
    d.code as evidence_code, d.shared_code, d.code_style,
    case
        when j.evidence <> 1 then null
        when d.code_style = 'shared' or p.piece_id is null then d.shared_code
        when j.n % 2 = 0 then p.piece_id
        when j.n % 3 = 0 then lower(replace(p.promo_code, '-', ' '))
        else p.promo_code
    end as postcard_code
from numbered as j
inner join base.customers as c on c.row_n = j.record
inner join base.job_types as t on t.place = j.job_type
left join base.pieces as p on p.piece = j.evidence_piece
left join base.drops as d on d.drop = j.evidence_drop
order by j.n;

create or replace table base.invoices as
with joined as (
    select
        i.*,
        coalesce(j.account, a.account) as account,
        j.job_id, j.job_number, j.type_name, j.invoice_id as first_invoice_id, j.location_id,
        coalesce(j.customer_id, c.customer_id) as customer_id,
        coalesce(j.customer_name, c.name) as customer_name,
        coalesce(j.business_unit, 3) as business_unit,
        coalesce(j.technician, 0) as technician,
        c.location_id as home_location_id,
        coalesce(j.address_line_1, c.address_line_1) as address_line_1,
        coalesce(j.address_line_2, c.address_line_2) as address_line_2,
        coalesce(j.city, c.city) as city,
        coalesce(j.state, c.state) as state,
        coalesce(j.postal_code, c.postal_code) as postal_code,
        a.number_base
    from base.invoices_raw as i
    left join base.jobs as j on j.job = i.job
    inner join base.accounts as a on a.tenant = i.tenant
    left join base.customers as c on c.row_n = i.record
)
select
    n as invoice,
    account,
    case when part = 1 and job >= 0 then first_invoice_id else {invoice} + 20000000 + n end as invoice_id,
    case
        when job >= 0 and part = 1 then job_number
        when job >= 0 then job_number || '-' || part
        else 'C' || (number_base + n)
    end as invoice_number,
    * exclude (n, account, first_invoice_id, number_base, location_id, home_location_id),
    coalesce(location_id, home_location_id) as location_id
from joined
order by n;

create or replace table base.payments as
select
    p.n as payment,
    i.account,
    {payment} + p.n as payment_id,
    case when p.refunds >= 0 then {payment} + p.refunds end as refunded_payment_id,
    i.invoice, i.invoice_id, i.invoice_number, i.customer_id, i.customer_name, i.person, i.business_unit,
    p.paid_at, p.cents, p.kind, p.too_much
from base.payments_raw as p
inner join base.invoices as i on i.invoice = p.invoice
order by p.n;

create or replace table base.credit_memos as
select
    m.n as credit,
    i.account,
    {credit_memo} + m.n as credit_memo_id,
    i.invoice, i.invoice_id, i.invoice_number, i.customer_id, i.customer_name, i.person, i.business_unit,
    i.location_id,
    m.issued_at, m.cents, m.tax_cents, m.applied
from base.credit_memos_raw as m
inner join base.invoices as i on i.invoice = m.invoice
order by m.n;

create or replace table base.lost_requests as
select
    l.n as request,
    a.account,
    {call} + 30000000 + l.n as call_id,
    {lead} + 30000000 + l.n as lead_id,
    {booking} + 30000000 + l.n as booking_id,
    l.* exclude (n, tenant),
    w.name, w.phone, w.email, w.address_line_1, w.address_line_2, w.city, w.state, w.postal_code
from base.lost_requests_raw as l
inner join base.accounts as a on a.tenant = l.tenant
inner join base.lost_written as w on w.n = l.n
order by l.n;

create or replace table base.contacts as
select
    r.n as row_n,
    r.person,
    r.kind,
    100000 + r.rank as contact_id,
    r.created_at, r.merged_at,
    100000 + m.rank as merged_into_id,
    r.archived_at, r.changed_at,
    w.first_name, w.last_name, w.company, w.email, w.phone, w.phone_2,
    w.address_line_1, w.address_line_2, w.city, w.state, w.postal_code,
    w.customer_type
from base.crm_records as r
inner join base.crm_written as w on w.n = r.n
left join base.crm_records as m on m.n = r.merged_into
order by r.n;

create or replace table base.first_contacts as
select person, min(row_n) as row_n, min(contact_id) as contact_id, min(created_at) as created_at,
    any_value(company order by row_n) as company
from base.contacts where kind = 0 group by person;

create or replace table base.companies as
select
    500000 + row_number() over (order by f.contact_id) as company_id,
    f.person, f.contact_id, c.company, c.phone, c.address_line_1, c.city, c.state, c.postal_code,
    f.created_at + interval 5 second as created_at,
    f.person % 40 = 0 as late_link
from base.first_contacts as f
inner join base.contacts as c on c.row_n = f.row_n
where c.company is not null;

create or replace table base.deals as
with asked as (
    select
        j.job, null as request, j.person, j.account, j.created_at + interval 300 second as created_at,
        j.completed_at, j.cancelled_at, j.job_number, j.job_id, j.type_name, j.seq,
        j.source, j.true_source, j.gclid, j.promo_code, j.evidence, j.evidence_code,
        case when j.crm_stays_open then null else j.completed_at + interval 3600 second end as won_at,
        case when j.crm_stays_open then null else j.cancelled_at + interval 900 second end as lost_at,
        i.total_cents, i.created_at as invoiced_at
    from base.jobs as j
    left join base.invoices as i on i.job = j.job and i.part = 1
    where j.way <> 3 and not j.missing_in_crm
    union all by name
    select
        null as job, l.request, l.person, l.account, l.happened_at + interval 120 second as created_at,
        null::timestamp as completed_at, null::timestamp as cancelled_at, null as job_number,
        'Enquiry' as type_name, l.source, l.source as true_source, null as gclid,
        null::timestamp as won_at,
        case when l.closed then l.happened_at + to_seconds(l.closed_after) end as lost_at
    from base.lost_requests as l
    where l.is_wanted and not l.missing_in_crm
)
select
    700000 + row_number() over (order by a.created_at, a.job, a.request) as deal_id,
    a.*, f.contact_id, co.company_id
from asked as a
inner join base.first_contacts as f on f.person = a.person
left join base.companies as co on co.contact_id = f.contact_id
order by deal_id;

create or replace table base.crm_calls as
select
    900000 + row_number() over (order by happened_at, deal_id, direction) as call_id, *
from (
    select
        d.deal_id, d.contact_id, d.account, d.created_at + to_seconds(600 + hash(d.deal_id) % 90000) as happened_at,
        'OUTBOUND' as direction, 40 + hash(d.deal_id, 1) % 600 as seconds
    from base.deals as d
    where hash(d.deal_id, 2) % 100 < 88 and (d.request is not null or d.job % 3 = 0)
    union all
    select
        d.deal_id, d.contact_id, d.account, d.created_at - interval 400 second as happened_at,
        'INBOUND' as direction, 30 + hash(d.deal_id, 3) % 500 as seconds
    from base.deals as d
    inner join base.jobs as j on j.job = d.job
    where j.way = 0 and hash(d.deal_id, 4) % 100 < 35
);

create or replace table base.crm_tasks as
select
    1100000 + row_number() over (order by j.completed_at, d.deal_id) as task_id,
    d.deal_id, d.contact_id,
    j.completed_at + interval 1800 second as happened_at,
    case when hash(d.deal_id, 6) % 100 < 90
        then j.completed_at + to_seconds(3600 + hash(d.deal_id, 7) % 300000) end as done_at
from base.deals as d
inner join base.jobs as j on j.job = d.job
where j.completed_at is not null and hash(d.deal_id, 5) % 100 < 45;

create or replace table base.crm_mailings as
select
    2000000 + p.piece as mailing_id, p.piece, p.piece_id, p.promo_code, p.campaign_code,
    p.entered_at + interval 6 hour as happened_at, f.contact_id
from base.pieces as p
inner join base.first_contacts as f on f.person = p.person
where p.entered_at is not null and f.created_at < p.entered_at and p.piece % 4 = 0;

create or replace table base.book_customers as
select
    r.n as row_n,
    r.person,
    10 + r.n as customer_id,
    r.created_at, r.changed_at, r.inactive_at,
    case when not r.tax_missing then coalesce(w.tax_id, p.tax_id) end as tax_id,
    w.name, w.company, w.email, w.phone, w.address_line_1, w.address_line_2, w.city, w.state, w.postal_code,
    w.customer_type
from base.book_records as r
inner join base.book_written as w on w.n = r.n
inner join base.persons as p on p.person = r.person
order by r.n;

create or replace table base.book_invoices as
with doubled as (
    select i.*, false as is_copy, i.books_at as happened_at, null::timestamp as deleted_at from base.invoices as i
    where i.books_at is not null
    union all
    select i.*, true, i.books_copy_at, i.books_copy_deleted_at from base.invoices as i
    where i.books_copy_at is not null
)
select
    case when is_copy then 30000000 else 1000 end + d.invoice as book_invoice_id,
    d.*, c.customer_id as book_customer_id, c.name as book_name, c.company as book_company,
    c.address_line_1 as bill_line_1, c.city as bill_city, c.state as bill_state, c.postal_code as bill_zip,
    c.email as bill_email
from doubled as d
inner join base.book_customers as c on c.row_n = d.book_record
order by d.invoice, d.is_copy;

create or replace table base.purchase_orders as
select
    60000 + i.invoice as purchase_order_id, i.invoice, i.created_at - interval 4 day as happened_at,
    i.equipment_cost_cents as cents, i.book_customer_id, i.book_name, i.job_number
from base.book_invoices as i
where i.equipment_cents > 0 and not i.is_copy;

create or replace table base.estimates as
with offered as (
    select
        j.*,
        i.subtotal_cents, i.tax_cents,
        j.job_class = 'install' as is_before,
        j.job_class = 'install' or (hash(j.job, 11) % 100 < 45 and i.invoice is not null) as is_sold
    from base.jobs as j
    left join base.invoices as i on i.job = j.job and i.part = 1
    where (j.job_class = 'install' and i.invoice is not null)
        or (j.job_class = 'demand' and j.started_at is not null and hash(j.job, 10) % 100 < 35)
)
select
    job, account, estimate_id, job_id, job_number, customer_id, location_id, business_unit, type_name,
    technician, is_sold,
    case when is_before then created_at - interval 50 hour else started_at + interval 20 minute end as created_at,
    case when not is_sold then null
        when is_before then created_at - interval 1 hour
        else least(started_at + interval 40 minute, completed_at) end as sold_at,
    case when not is_sold and hash(job, 12) % 2 = 0 then started_at + interval 20 day end as dismissed_at,
    case when is_sold then subtotal_cents else 18000 + (hash(job, 13) % 90000)::bigint end as subtotal_cents,
    case when is_sold then tax_cents else 0 end as tax_cents
from offered
order by job;

-- What the records were made of is no longer needed.
drop table base.properties_raw;
drop table base.dispatch_records;
drop table base.dispatch_written;
drop table base.pieces_raw;
drop table base.jobs_raw;
drop table base.invoices_raw;
drop table base.payments_raw;
drop table base.credit_memos_raw;
drop table base.lost_requests_raw;
drop table base.lost_written;
drop table base.crm_records;
drop table base.book_records;
drop table base.campaigns_raw;

create or replace table base.suppressed as
select p.person, min(d.mailed_on) - 30 as added_on, min(p.piece) as piece
from base.pieces as p inner join base.drops as d on d.drop = p.drop
where p.suppressed group by p.person;
