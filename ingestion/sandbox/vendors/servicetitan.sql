-- entity: customers
select
    account, customer_id as id, created_at,
    serve.latest([created_at, changed_at, merged_at]) as modified_at,
    not serve.past(merged_at) as active,
    {
        'id': customer_id,
        'active': not serve.past(merged_at),
        'name': coalesce(name, 'Unknown'),
        'type': case when customer_type = 'commercial' then 'Commercial' else 'Residential' end,
        'address': {
            'street': coalesce(address_line_1, ''), 'unit': address_line_2,
            'city': coalesce(city, ''), 'state': coalesce(state, ''),
            'zip': coalesce(postal_code, ''), 'country': 'USA',
            'latitude': null::double, 'longitude': null::double
        },
        'customFields': []::struct(typeId bigint, name varchar, "value" varchar)[],
        'balance': 0.0::decimal(18, 2),
        'creditLimit': null::decimal(18, 2),
        'creditLimitBalance': null::decimal(18, 2),
        'taxExempt': false,
        'tagTypeIds': case when serve.past(changed_at) then [8004] else []::int[] end,
        'doNotMail': do_not_mail,
        'doNotService': false,
        'nationalAccount': false,
        'createdOn': serve.z(created_at),
        'createdById': 12,
        'modifiedOn': serve.z(serve.latest([created_at, changed_at, merged_at])),
        'mergedToId': case when serve.past(merged_at) then merged_into_id end,
        'paymentTermId': null::bigint,
        'externalData': []::struct("key" varchar, "value" varchar)[]
    } as payload
from base.customers

-- entity: customer_contacts
with spread as (
    select account, customer_id, location_id, seq, created_at, changed_at,
        unnest([
            {'k': 0, 'type': 'Phone', 'value': phone},
            {'k': 1, 'type': 'MobilePhone', 'value': phone_2},
            {'k': 2, 'type': 'Email', 'value': email}
        ]) as contact
    from base.customers
),
known as (
    select account, customer_id, 200000000 + seq * 4 + contact.k as contact_id, contact.type as kind,
        contact.value as contact_value,
        case when contact.k = 2 then coalesce(changed_at, created_at) else created_at end as created_at,
        case when contact.k = 0 then changed_at end as changed_at
    from spread where contact.value is not null
)
select
    account, contact_id as id, created_at, serve.latest([created_at, changed_at]) as modified_at,
    true as active, customer_id as customer_id,
    {
        'id': contact_id, 'customerId': customer_id, 'type': kind, 'value': contact_value,
        'memo': case when serve.past(changed_at) then 'preferred' end,
        'phoneSettings': {'phoneNumber': case when kind = 'Email' then '' else contact_value end, 'doNotText': false},
        'preferences': null,
        'createdOn': serve.z(created_at),
        'modifiedOn': serve.z(serve.latest([created_at, changed_at])),
        'active': true
    } as payload
from known

-- entity: locations
with every_location as (
    select account, location_id, customer_id, name, address_line_1, address_line_2, city, state, postal_code,
        created_at, changed_at, merged_at,
        case when merged_into_id is not null then merged_into_id + 50000000 end as merged_into_id
    from base.customers
    union all by name
    select account, location_id, customer_id, customer_name as name, address_line_1, address_line_2,
        'El Paso' as city, 'TX' as state, '79901' as postal_code,
        created_at - interval 1 minute as created_at, null::timestamp as changed_at,
        null::timestamp as merged_at, null::bigint as merged_into_id
    from base.jobs where outside_area
)
select
    account, location_id as id, created_at,
    serve.latest([created_at, changed_at, merged_at]) as modified_at,
    not serve.past(merged_at) as active, customer_id,
    {
        'id': location_id, 'customerId': customer_id, 'active': not serve.past(merged_at),
        'name': coalesce(name, 'Unknown'),
        'address': {
            'street': coalesce(address_line_1, ''), 'unit': address_line_2,
            'city': coalesce(city, ''), 'state': coalesce(state, ''),
            'zip': coalesce(postal_code, ''), 'country': 'USA',
            'latitude': null::double, 'longitude': null::double
        },
        'customFields': []::struct(typeId bigint, name varchar, "value" varchar)[],
        'createdOn': serve.z(created_at), 'createdById': 12,
        'modifiedOn': serve.z(serve.latest([created_at, changed_at, merged_at])),
        'mergedToId': case when serve.past(merged_at) then merged_into_id end,
        'zoneId': null::bigint, 'taxZoneId': null::bigint, 'taxExempt': false,
        'tagTypeIds': []::int[],
        'externalData': []::struct("key" varchar, "value" varchar)[]
    } as payload
from every_location

-- entity: location_contacts
with spread as (
    select account, location_id, seq, created_at,
        unnest([
            {'k': 0, 'type': 'Phone', 'value': phone},
            {'k': 2, 'type': 'Email', 'value': email}
        ]) as contact
    from base.customers
)
select
    account, 200000000 + 8000000 + seq * 4 + contact.k as id, created_at, created_at as modified_at,
    true as active, location_id,
    {
        'id': 200000000 + 8000000 + seq * 4 + contact.k, 'locationId': location_id,
        'type': contact.type, 'value': contact.value, 'memo': null::varchar,
        'phoneSettings': {'phoneNumber': case when contact.type = 'Email' then '' else contact.value end, 'doNotText': false},
        'preferences': null,
        'createdOn': serve.z(created_at), 'modifiedOn': serve.z(created_at), 'active': true
    } as payload
from spread where contact.value is not null

-- entity: leads
with every_lead as (
    select account, lead_id, lead_at as created_at, created_at as converted_at, null::timestamp as dismissed_at,
        customer_id, location_id, true_source as source, customer_name as name, phone, email, address_line_1, address_line_2,
        city, state, postal_code, type_id, business_unit, false as without_source
    from base.jobs where lead_at is not null
    union all by name
    select account, lead_id, happened_at as created_at, null::timestamp as converted_at,
        case when closed then happened_at + to_seconds(closed_after) end as dismissed_at,
        null::bigint as customer_id, null::bigint as location_id, source, name, phone, email,
        address_line_1, address_line_2, city, state, postal_code, 11 as type_id, 0 as business_unit,
        without_source
    from base.lost_requests where way = 2
)
select
    account, lead_id as id, created_at, serve.latest([created_at, converted_at, dismissed_at]) as modified_at,
    true as active,
    {
        'id': lead_id,
        'status': case when serve.past(converted_at) then 'Converted' when serve.past(dismissed_at) then 'Dismissed' else 'Open' end,
        'customerId': case when serve.past(converted_at) then customer_id end,
        'locationId': case when serve.past(converted_at) then location_id end,
        'businessUnitId': 501 + business_unit, 'jobTypeId': type_id, 'priority': 'Normal',
        'campaignId': case when without_source then 9000 else 9001 + source end,
        'summary': null::varchar, 'callReasonId': null::bigint, 'callId': null::bigint,
        'bookingId': null::bigint, 'manualCallId': null::bigint, 'leadUrl': null::varchar,
        'leadCustomerName': name, 'leadPhone': phone, 'leadEmail': email, 'leadStreet': address_line_1,
        'leadUnit': address_line_2, 'leadCity': city, 'leadState': state, 'leadZip': postal_code,
        'leadCountry': 'USA', 'captureSource': 'WebForm',
        'followUpDate': serve.z(created_at + interval 1 day), 'createdById': 12,
        'createdOn': serve.z(created_at),
        'modifiedOn': serve.z(serve.latest([created_at, converted_at, dismissed_at])),
        'tagTypeIds': []::int[], 'dismissingReasonId': case when serve.past(dismissed_at) then 3 end,
        'active': true
    } as payload
from every_lead

-- entity: bookings
with every_booking as (
    select account, booking_id, booking_at as created_at, created_at as converted_at, null::timestamp as dismissed_at,
        job_id, true_source as source, customer_name as name, address_line_1, address_line_2, city, state,
        postal_code, window_start, type_id, business_unit, customer_type,
        case when evidence = 3 then coalesce(piece_id, shared_code) else 'web-' || account || '-' || booking_id end as external_id,
        wrong_customer, false as promised
    from base.jobs where booking_at is not null
    union all by name
    select account, booking_id + 15000000 as booking_id, booking_at + interval 2 minute as created_at,
        null::timestamp as converted_at, null::timestamp as dismissed_at, null::bigint as job_id,
        true_source as source, customer_name as name,
        address_line_1, address_line_2, city, state, postal_code, window_start, type_id, business_unit, customer_type,
        case when evidence = 3 then coalesce(piece_id, shared_code) else 'web-' || account || '-' || booking_id end as external_id,
        false as wrong_customer, false as promised
    from base.jobs where doubled_booking
    union all by name
    select account, booking_id, happened_at as created_at,
        case when promised then happened_at + interval 1 hour end as converted_at,
        case when not promised then happened_at + to_seconds(closed_after) end as dismissed_at,
        null::bigint as job_id, source, name, address_line_1, address_line_2, city, state, postal_code,
        happened_at + interval 3 day as window_start, 11 as type_id, 0 as business_unit,
        'residential' as customer_type, 'web-' || account || '-' || booking_id as external_id,
        false as wrong_customer, promised
    from base.lost_requests where way = 1
)
select
    account, booking_id as id, created_at, serve.latest([created_at, converted_at, dismissed_at]) as modified_at,
    true as active, external_id,
    {
        'id': booking_id, 'source': case when external_id like 'web-%' then 'Website' else 'QR landing page' end,
        'createdOn': serve.z(created_at),
        'name': case when wrong_customer then 'Someone Else ' || booking_id else coalesce(name, 'Unknown') end,
        'address': {
            'street': case when wrong_customer then '1 Elsewhere Rd' else coalesce(address_line_1, '') end,
            'unit': address_line_2, 'city': coalesce(city, ''), 'state': coalesce(state, ''),
            'zip': coalesce(postal_code, ''), 'country': 'USA'
        },
        'customerType': case when customer_type = 'commercial' then 'Commercial' else 'Residential' end,
        'start': serve.z(window_start), 'summary': null::varchar,
        'campaignId': 9001 + source, 'businessUnitId': 501 + business_unit, 'isFirstTimeClient': null::boolean,
        'uploadedImages': []::varchar[], 'isSendConfirmationEmail': true,
        'status': case when promised and serve.past(converted_at) then 'Accepted' when serve.past(converted_at) then 'Converted'
            when serve.past(dismissed_at) then 'Dismissed' else 'New' end,
        'dismissingReasonId': case when serve.past(dismissed_at) then 3 end,
        'jobId': case when serve.past(converted_at) then job_id end,
        'externalId': external_id, 'priority': 'Normal', 'jobTypeId': type_id, 'bookingProviderId': 77,
        'modifiedOn': serve.z(serve.latest([created_at, converted_at, dismissed_at])), 'active': true
    } as payload
from every_booking

-- entity: jobs
with billed as (
    select job,
        sum(case when serve.past(voided_at) then 0 else total_cents + case when serve.past(changed_at) then change_cents else 0 end end) as total_cents,
        bool_or(total_differs) as total_differs,
        max(serve.latest([created_at, changed_at, voided_at])) as billed_at
    from base.invoices
    where job >= 0 and serve.past(created_at)
    group by job
),
stated as (
    select
        j.*, b.total_cents, b.total_differs,
        greatest(
            serve.latest([created_at, moved_at, dispatched_at, started_at, hold_at, resumed_at, completed_at, cancelled_at, reopened_at, reopened_at + interval 20 hour]),
            coalesce(b.billed_at, created_at)
        ) as modified_at,
        serve.past(reopened_at) and not serve.past(reopened_at + interval 20 hour) as is_reopened
    from base.jobs as j
    left join billed as b on b.job = j.job
    where not serve.past(gone_at)
),
worded as (
    select *,
        case
            when serve.past(cancelled_at) then 'Canceled'
            when is_reopened then 'InProgress'
            when serve.past(completed_at) then 'Completed'
            when serve.past(hold_at) and not serve.past(resumed_at) then 'Hold'
            when serve.past(started_at) then 'InProgress'
            when serve.past(dispatched_at) then 'Dispatched'
            else 'Scheduled'
        end as job_status
    from stated
)
select
    account, job_id as id, created_at, modified_at, true as active, job_number, job_status, customer_id,
    case when source_lost then 9000 else 9001 + source end as campaign_id,
    {
        'id': job_id, 'jobNumber': job_number, 'projectId': null::bigint, 'customerId': customer_id,
        'locationId': location_id, 'jobStatus': job_status,
        'completedOn': case when job_status = 'Completed' then serve.z(completed_at) end,
        'businessUnitId': 501 + business_unit, 'jobTypeId': type_id,
        'priority': case when job_class = 'demand' and job % 9 = 0 then 'Urgent' else 'Normal' end,
        'campaignId': case when source_lost then 9000 else 9001 + source end, 'appointmentCount': 1, 'firstAppointmentId': appointment_id,
        'lastAppointmentId': appointment_id,
        'recallForId': case when job_class = 'recall' and seq > 40 then 300000000 + seq - 37 end,
        'warrantyId': case when job_class = 'warranty' and seq > 40 then 300000000 + seq - 31 end,
        'jobGeneratedLeadSource': null,
        'noCharge': no_charge, 'notificationsEnabled': true, 'createdOn': serve.z(created_at),
        'createdById': 12, 'modifiedOn': serve.z(modified_at),
        'tagTypeIds': list_filter([
            case when postcard_code is not null then 8001 end,
            case when job_class = 'recall' then 8005 end,
            case when job_class = 'warranty' then 8006 end,
            case when no_charge then 8007 end,
            case when job_class = 'membership' then 8008 end
        ], lambda tag: tag is not null),
        'leadCallId': case when call_at is not null then call_id end, 'partnerLeadCallId': null::bigint,
        'bookingId': case when booking_at is not null then booking_id end,
        'soldById': null::bigint, 'customerPo': '', 'invoiceId': invoice_id,
        'membershipId': case when job_class = 'membership' then 60000 + person end,
        'total': case when total_cents is not null then serve.amount(total_cents + case when total_differs then 1000 else 0 end) end,
        'createdFromEstimateId': case when job_class = 'install' then estimate_id end,
        'estimateIds': case when job_class = 'install' then [estimate_id] else []::bigint[] end,
        'equipmentIds': []::bigint[], 'isAutoDispatched': false,
        'summary': '<p>' || type_name || case when postcard_code is not null and job % 5 = 0 then ', mentioned card ' || postcard_code else '' end || '</p>',
        'summaryOfWork': null::varchar,
        'customFields': case when postcard_code is not null
            then [{'typeId': 88, 'name': 'Postcard Code', 'value': postcard_code}]
            else []::struct(typeId integer, name varchar, "value" varchar)[] end,
        'externalData': []::struct("key" varchar, "value" varchar)[],
        'active': true
    } as payload
from worded

-- entity: job_history
with events as (
    select account, job_id, seq, created_at, gone_at, list_filter([
        {'k': 0, 'name': 'Job Booked', 'date': created_at},
        {'k': 1, 'name': 'Appointment Rescheduled', 'date': moved_at},
        {'k': 2, 'name': 'Technician Dispatched', 'date': dispatched_at},
        {'k': 3, 'name': 'Technician Arrived', 'date': arrived_at},
        {'k': 4, 'name': 'Job Started', 'date': started_at},
        {'k': 5, 'name': 'Job Placed On Hold', 'date': hold_at},
        {'k': 6, 'name': 'Job Resumed', 'date': resumed_at},
        {'k': 7, 'name': 'Job Completed', 'date': completed_at},
        {'k': 8, 'name': 'Job Canceled', 'date': cancelled_at},
        {'k': 9, 'name': 'Job Reopened', 'date': reopened_at},
        {'k': 10, 'name': 'Job Completed', 'date': reopened_at + interval 20 hour}
    ], lambda event: event.date <= serve.now()) as happened
    from base.jobs
)
select
    account, job_id as id, created_at,
    list_max(list_transform(happened, lambda event: event.date)) as modified_at,
    true as active,
    {
        'jobId': job_id,
        'history': list_transform(list_sort(list_transform(happened, lambda event: {'at': event.date, 'k': event.k, 'name': event.name})), lambda event: {
            'id': 850000000 + seq * 12 + event.k,
            'employeeId': case when event.k in (3, 4) then null else 12 end,
            'eventType': event.name,
            'date': serve.z(event.at),
            'usedSchedulingTool': 'Manual'
        })
    } as payload
from events
where not serve.past(gone_at)

-- entity: job_canceled_logs
select
    account, 860000000 + seq as id, cancelled_at as created_at, cancelled_at as modified_at, true as active,
    {
        'id': 860000000 + seq, 'jobId': job_id, 'reasonId': 30 + cancel_reason, 'memo': null::varchar,
        'createdOn': serve.z(cancelled_at), 'createdById': 12, 'active': true
    } as payload
from base.jobs where cancelled_at is not null

-- entity: appointments
with stated as (
    select *,
        serve.latest([created_at, moved_at, dispatched_at, started_at, hold_at, resumed_at, completed_at, cancelled_at]) as modified_at,
        case when moved_at is not null and not serve.past(moved_at) then first_window_start else window_start end as begins
    from base.jobs where not serve.past(gone_at)
)
select
    account, appointment_id as id, created_at, modified_at, true as active, job_id,
    {
        'id': appointment_id, 'jobId': job_id, 'appointmentNumber': job_number || '-1',
        'start': serve.z(begins),
        'end': serve.z(begins + (window_end - window_start)),
        'arrivalWindowStart': serve.z(begins),
        'arrivalWindowEnd': serve.z(begins + (window_end - window_start)),
        'status': case
            when serve.past(cancelled_at) then 'Canceled'
            when serve.past(completed_at) then 'Done'
            when serve.past(hold_at) and not serve.past(resumed_at) then 'Hold'
            when serve.past(started_at) then 'Working'
            when serve.past(dispatched_at) then 'Dispatched'
            else 'Scheduled' end,
        'specialInstructions': null::varchar, 'createdOn': serve.z(created_at),
        'modifiedOn': serve.z(modified_at), 'customerId': customer_id, 'unused': false,
        'createdById': 12, 'isConfirmed': job % 3 = 0, 'active': true,
        'appointmentSummaries': null
    } as payload
from stated

-- entity: appointment_assignments
with crew as (
    select *, unnest(case when has_helper then [0, 1] else [0] end) as place
    from base.jobs where not serve.past(gone_at)
),
led as (select tenant, count(*) as technicians from base.technicians where not is_helper group by tenant)
select
    c.account, c.assignment_id + 25000000 * c.place as id, c.created_at,
    serve.latest([c.created_at, c.dispatched_at, c.started_at, c.completed_at]) as modified_at,
    true as active, job_id, appointment_id,
    {
        'id': c.assignment_id + 25000000 * c.place, 'technicianId': t.technician_id, 'technicianName': t.name,
        'assignedById': 12, 'assignedOn': serve.z(c.created_at),
        'status': case when serve.past(c.completed_at) then 'Done' when serve.past(c.started_at) then 'Working'
            when serve.past(c.dispatched_at) then 'Dispatched' else 'Scheduled' end,
        'isPaused': serve.past(c.hold_at) and not serve.past(c.resumed_at),
        'jobId': c.job_id, 'appointmentId': c.appointment_id, 'createdOn': serve.z(c.created_at),
        'modifiedOn': serve.z(serve.latest([c.created_at, c.dispatched_at, c.started_at, c.completed_at])),
        'active': true
    } as payload
from crew as c
inner join led as l on l.tenant = c.tenant
inner join base.technicians as t on t.tenant = c.tenant and t.technician = c.technician + c.place * l.technicians

-- entity: estimates
select
    account, estimate_id as id, created_at, serve.latest([created_at, sold_at, dismissed_at]) as modified_at,
    true as active, job_id,
    {
        'id': estimate_id, 'jobId': job_id, 'projectId': null::bigint, 'locationId': location_id,
        'customerId': customer_id, 'name': type_name || ' option', 'jobNumber': job_number,
        'status': case when serve.past(sold_at) then {'value': 1, 'name': 'Sold'}
            when serve.past(dismissed_at) then {'value': 2, 'name': 'Dismissed'} else {'value': 0, 'name': 'Open'} end,
        'reviewStatus': 'None', 'summary': null::varchar, 'createdOn': serve.z(created_at),
        'modifiedOn': serve.z(serve.latest([created_at, sold_at, dismissed_at])),
        'soldOn': case when serve.past(sold_at) then serve.z(sold_at) end,
        'soldBy': case when serve.past(sold_at) then 7001 + technician end,
        'active': true,
        'items': [{
            'id': estimate_id * 10 + 1,
            'sku': {'id': 3001, 'name': 'WORK', 'displayName': type_name, 'type': 'Service', 'soldHours': 1.0,
                'generalLedgerAccountId': 401, 'generalLedgerAccountName': 'Service income', 'modifiedOn': serve.z(created_at)},
            'skuAccount': '4000', 'description': '<p>' || type_name || '</p>', 'membershipTypeId': null::bigint,
            'qty': 1.0, 'unitRate': serve.amount(subtotal_cents), 'total': serve.amount(subtotal_cents),
            'unitCost': 0.0, 'totalCost': 0.0, 'itemGroupName': '', 'itemGroupRootId': null::bigint,
            'createdOn': serve.z(created_at), 'modifiedOn': serve.z(created_at), 'chargeable': true,
            'invoiceItemId': null::bigint, 'budgetCodeId': null::bigint
        }],
        'externalLinks': []::struct(name varchar, url varchar)[],
        'subtotal': serve.amount(subtotal_cents), 'tax': serve.amount(tax_cents),
        'businessUnitId': 501 + business_unit, 'businessUnitName': null::varchar, 'isRecommended': true,
        'budgetCodeId': null::bigint, 'isChangeOrder': false, 'proposalTagName': null::varchar,
        'depositAmount': null::decimal(18, 2), 'depositPercent': null::decimal(18, 2),
        'requireDepositOnSignature': false
    } as payload
from base.estimates

-- entity: invoices
with settled as (
    select invoice, sum(cents) as paid_cents from base.payments where serve.past(paid_at) group by invoice
),
credited as (
    select invoice, sum(cents) as credited_cents from base.credit_memos
    where serve.past(issued_at) and applied group by invoice
),
stated as (
    select
        i.*,
        case when serve.past(i.changed_at) then i.change_cents else 0 end as extra_cents,
        coalesce(s.paid_cents, 0) as paid_cents, coalesce(c.credited_cents, 0) as credited_cents,
        serve.latest([i.created_at, i.changed_at, i.voided_at, i.paid_at, i.books_at]) as modified_at,
        u.name as unit_name
    from base.invoices as i
    left join settled as s on s.invoice = i.invoice
    left join credited as c on c.invoice = i.invoice
    left join base.business_units as u on u.place = i.business_unit
)
select
    account, invoice_id as id, created_at, modified_at, not serve.past(voided_at) as active, invoice_number, job_number, customer_id,
    {
        'id': invoice_id, 'active': not serve.past(voided_at),
        'syncStatus': case when serve.past(books_at) then 'Exported' when serve.past(created_at + interval 2 hour) then 'Posted' else 'Pending' end,
        'summary': null::varchar, 'referenceNumber': invoice_number,
        'invoiceDate': serve.z(date_trunc('day', created_at)), 'dueDate': serve.z(date_trunc('day', created_at) + interval 30 day),
        'subTotal': serve.money(subtotal_cents + extra_cents), 'salesTax': serve.money(tax_cents),
        'salesTaxCode': {'id': 1, 'name': 'TX', 'taxRate': 0.0825}, 'taxZoneId': null::bigint,
        'total': serve.money(total_cents + extra_cents),
        'balance': serve.money(case when serve.past(voided_at) then 0 else total_cents + extra_cents - paid_cents - credited_cents end),
        'discountTotal': serve.money(discount_cents),
        'invoiceType': null,
        'customer': serve.named(customer_id, customer_name),
        'customerAddress': {'street': address_line_1, 'unit': address_line_2, 'city': city, 'state': state, 'zip': postal_code, 'country': 'USA'},
        'location': serve.named(location_id, customer_name),
        'locationAddress': {'street': address_line_1, 'unit': address_line_2, 'city': city, 'state': state, 'zip': postal_code, 'country': 'USA'},
        'businessUnit': serve.named(501 + business_unit, unit_name),
        'termName': 'Net 30', 'createdBy': 'office', 'batch': null,
        'depositedOn': null::varchar,
        'paidOn': case when serve.past(paid_at) and paid_cents + credited_cents >= total_cents then serve.z(paid_at) end,
        'createdOn': serve.z(created_at),
        'modifiedOn': case when invoice % 50 = 0 and modified_at = created_at then null else serve.z(modified_at) end,
        'adjustmentToId': null::bigint,
        'job': case when job >= 0 then {'id': job_id, 'number': job_number, 'type': type_name} end,
        'projectId': null::bigint, 'royalty': null, 'employeeInfo': null,
        'commissionEligibilityDate': null::varchar, 'sentStatus': 'Sent', 'reviewStatus': 'Reviewed', 'assignedTo': null,
        'invoiceConfiguration': case when job < 0 and not lost_job then 'CounterSales' else 'JobInvoice' end,
        'importId': null::varchar, 'exportId': null::varchar, 'materialSkuId': null::bigint, 'membershipId': null::bigint, 'budgetCodeId': null::bigint,
        'customFields': []::struct(name varchar, "value" varchar)[],
        'items': list_transform(list_filter([
            {'k': 1, 'type': 'Service', 'sku': 'LABOR', 'text': coalesce(type_name, 'Counter sale'), 'cents': labor_cents + extra_cents, 'cost': labor_cost_cents, 'taxed': false},
            {'k': 2, 'type': 'Material', 'sku': 'PARTS', 'text': 'Parts and material', 'cents': material_cents, 'cost': material_cost_cents, 'taxed': true},
            {'k': 3, 'type': 'Equipment', 'sku': 'EQUIP', 'text': 'Equipment', 'cents': equipment_cents, 'cost': equipment_cost_cents, 'taxed': true},
            {'k': 4, 'type': 'PriceModifier', 'sku': 'DISC', 'text': 'Discount', 'cents': -discount_cents, 'cost': 0, 'taxed': false}
        ], lambda item: item.cents <> 0 or item.k = 1), lambda item: {
            'id': invoice_id * 10 + item.k, 'description': '<p>' || item.text || '</p>', 'quantity': '1.00',
            'cost': case when cost_unknown then null else serve.money(item.cost) end,
            'totalCost': case when cost_unknown then null else serve.money(item.cost) end,
            'budgetCodeId': null::bigint, 'inventoryLocationId': null::bigint, 'inventoryLocation': null::varchar,
            'price': serve.money(item.cents), 'type': item.type, 'skuName': item.sku, 'skuId': 3000 + item.k,
            'total': serve.money(item.cents), 'inventory': false, 'taxable': item.taxed, 'isChargeable': true,
            'generalLedgerAccount': null, 'costOfSaleAccount': null, 'assetAccount': null,
            'membershipTypeId': 0, 'itemGroup': null, 'displayName': item.text,
            'soldHours': case when item.k = 1 then 1.0 end, 'createdOn': serve.z(created_at),
            'modifiedOn': serve.z(modified_at), 'serviceDate': null::varchar, 'order': item.k,
            'businessUnit': null, 'createdById': 12, 'displayInAmount': null::boolean, 'importId': null::varchar,
            'exportId': null::varchar, 'inventoryStatus': null::varchar, 'addOn': false, 'memberPrice': null::varchar,
            'technicianId': case when job >= 0 then 7001 + technician end, 'installedEquipmentId': null::bigint,
            'estimateItemId': null::bigint
        })
    } as payload
from stated

-- entity: payments
select
    account, payment_id as id, paid_at as created_at, paid_at as modified_at, true as active, customer_id,
    {
        'id': payment_id, 'active': true, 'syncStatus': 'Posted', 'referenceNumber': null::varchar,
        'date': serve.z(paid_at),
        'type': case when kind = 1 then 'Refund' when payment % 3 = 0 then 'Check' else 'Credit Card' end,
        'typeId': case when kind = 1 then '9' when payment % 3 = 0 then '2' else '5' end,
        'total': serve.money(cents), 'unappliedAmount': '0.00', 'memo': null::varchar,
        'customer': serve.named(customer_id, customer_name), 'batch': null, 'deposit': null,
        'createdBy': 'office', 'createdOn': serve.z(paid_at), 'modifiedOn': serve.z(paid_at),
        'generalLedgerAccount': null,
        'appliedTo': [{
            'appliedTo': invoice_id, 'appliedId': payment_id + 5000000, 'appliedAmount': serve.money(cents),
            'appliedOn': serve.z(paid_at), 'appliedBy': 'office', 'appliedToReferenceNumber': invoice_number
        }],
        'customFields': []::struct(name varchar, "value" varchar)[], 'authCode': null::varchar,
        'checkNumber': case when payment % 3 = 0 and kind = 0 then (1000 + payment)::varchar end,
        'businessUnit': serve.named(501 + business_unit, 'Unit'), 'refundedPaymentId': refunded_payment_id
    } as payload
from base.payments

-- entity: credit_memos
select
    account, credit_memo_id as id, issued_at as created_at, issued_at as modified_at, true as active, customer_id,
    {
        'id': credit_memo_id, 'date': strftime(issued_at, '%Y-%m-%d'), 'referenceNumber': 'CM-' || credit_memo_id,
        'subTotal': serve.amount(cents - tax_cents), 'salesTax': serve.amount(tax_cents), 'salesTaxCode': null,
        'total': serve.amount(cents), 'balance': serve.amount(case when applied then 0 else cents end),
        'appliedTo': case when applied then [{
            'appliedId': credit_memo_id + 5000000, 'appliedTo': invoice_id, 'appliedAmount': serve.amount(cents),
            'appliedOn': strftime(issued_at, '%Y-%m-%d'), 'appliedBy': 'office', 'appliedToReferenceNumber': invoice_number
        }] else [] end,
        'customer': serve.named(customer_id, customer_name), 'customerAddress': null,
        'location': serve.named(location_id, customer_name), 'locationAddress': null,
        'businessUnit': serve.named(501 + business_unit, 'Unit'), 'syncStatus': 'Posted', 'batch': null,
        'customFields': []::struct(name varchar, "value" varchar)[], 'createdOn': serve.z(issued_at), 'createdBy': 'office',
        'modifiedOn': serve.z(issued_at), 'modifiedBy': 'office', 'description': null::varchar, 'active': true,
        'importId': null::varchar, 'exportId': null::varchar
    } as payload
from base.credit_memos

-- entity: campaigns
select
    a.account, 9001 + c.campaign as id, (c.started_on - interval 20 day)::timestamp as created_at,
    (c.started_on - interval 20 day)::timestamp as modified_at, true as active, c.code as campaign_name,
    {
        'id': 9001 + c.campaign, 'name': c.code, 'modifiedOn': serve.z((c.started_on - interval 20 day)::timestamp),
        'createdOn': serve.z((c.started_on - interval 20 day)::timestamp), 'active': true,
        'isDefaultCampaign': c.campaign < 0,
        'category': {'id': case when c.channel = 'direct_mail' then 61 else 62 end, 'name': case when c.channel = 'direct_mail' then 'Direct Mail' else 'Online' end, 'active': true},
        'source': case c.channel when 'direct_mail' then 'Direct Mail' when 'paid_search' then 'Google Ads' when 'organic' then 'Organic Search' when 'referral' then 'Referral' else 'Existing Customer' end,
        'otherSource': null::varchar, 'businessUnit': null::varchar,
        'medium': case c.channel when 'direct_mail' then 'Postcard' when 'paid_search' then 'CPC' else 'Other' end,
        'otherMedium': null::varchar, 'campaignPhoneNumbers': [c.tracking_number]
    } as payload
from (from base.campaigns union all by name select -1 as campaign, 'Unassigned' as code, 'other' as channel, '5129009999' as tracking_number, (serve.now() - interval 1100 day)::date as started_on) as c
cross join base.accounts as a

-- entity: campaign_costs
with months as (
    select unnest(generate_series(date_trunc('month', serve.now() - interval 13 month), date_trunc('month', serve.now()), interval 1 month)) as month_on
)
select
    a.account, 95000 + c.campaign * 1200 + (year(m.month_on) - 2020) * 12 + month(m.month_on) as id, m.month_on as created_at, m.month_on as modified_at, true as active,
    9001 + c.campaign as campaign_id,
    {
        'id': 95000 + c.campaign * 1200 + (year(m.month_on) - 2020) * 12 + month(m.month_on),
        'year': year(m.month_on), 'month': month(m.month_on),
        'dailyCost': serve.amount(c.daily_cents), 'campaignId': 9001 + c.campaign
    } as payload
from base.campaigns as c cross join base.accounts as a cross join months as m
where c.daily_cents > 0

-- entity: calls
with every_call as (
    select j.account, j.call_id, j.call_at as created_at, 120 + (hash(j.job, 20) % 500)::int as seconds, j.phone,
        j.true_source as source, j.customer_id, j.customer_name, j.job_id, j.job_number, 'Booked' as kind, 0 as redelivered
    from base.jobs as j where j.call_at is not null
    union all by name
    select account, call_id, happened_at as created_at, seconds::int as seconds, phone, source, null::bigint as customer_id,
        null as customer_name, null::bigint as job_id, null as job_number,
        case when seconds < 20 then 'Abandoned' when request % 7 = 0 then 'NotLead' else 'Unbooked' end as kind, 0 as redelivered
    from base.lost_requests where way = 0
)
select
    c.account, c.call_id as id, c.created_at, c.created_at + to_seconds(c.seconds) as modified_at, true as active,
    {
        'id': c.call_id, 'duration': printf('%02d:%02d:%02d', c.seconds // 3600, c.seconds // 60 % 60, c.seconds % 60),
        'from': coalesce(regexp_replace(c.phone, '[^0-9]', '', 'g'), 'Anonymous'), 'to': k.tracking_number,
        'direction': 'Inbound', 'status': 'Completed', 'type': c.kind, 'recordingUrl': null::varchar, 'voiceMailPath': null::varchar,
        'createdOn': serve.z(c.created_at), 'modifiedOn': serve.z(c.created_at + to_seconds(c.seconds)),
        'reason': null,
        'customer': case when c.customer_id is not null then serve.named(c.customer_id, coalesce(c.customer_name, 'Unknown')) end,
        'location': null,
        'campaign': serve.named(9001 + c.source, k.code),
        'job': case when c.job_id is not null then {'id': c.job_id, 'number': c.job_number} end,
        'agent': serve.named(12, 'Front desk'), 'createdBy': null, 'excuseMemo': '', 'tag': '', 'active': true,
        'lead': null
    } as payload
from every_call as c
inner join base.campaigns as k on k.campaign = c.source

-- entity: technicians
select
    a.account, t.technician_id as id, timestamp '2024-01-08 14:00:00' as created_at,
    timestamp '2024-01-08 14:00:00' as modified_at, true as active,
    {
        'id': t.technician_id, 'userId': t.technician_id + 1000, 'name': t.name, 'roleIds': [4],
        'businessUnitId': 501 + t.technician % 4, 'mainZoneId': null::bigint, 'zoneIds': []::bigint[],
        'createdOn': '2024-01-08T14:00:00Z', 'modifiedOn': '2024-01-08T14:00:00Z', 'email': null::varchar,
        'phoneNumber': null::varchar, 'loginName': 'tech' || t.technician_id, 'home': null, 'dailyGoal': 1500.0,
        'isManagedTech': true, 'licenseType': 'ManagedTech',
        'customFields': []::struct(typeId bigint, name varchar, "value" varchar)[], 'active': true, 'aadUserId': null::varchar,
        'burdenRate': 42.0, 'team': t.crew, 'jobFilter': null::varchar,
        'permissions': []::struct(id integer, "value" varchar)[], 'accountLocked': false, 'commissionRate': 0.0,
        'currentValue': null::double, 'firstName': split_part(t.name, ' ', 1), 'lastName': split_part(t.name, ' ', 2),
        'hourlyRate': 28.0, 'jobId': null::bigint, 'mobilePhone': null::varchar, 'outboundCallerId': null::varchar,
        'payrollId': null::varchar, 'payrollProfileId': null::bigint, 'appoitmentId': null::bigint,
        'shiftStart': null::varchar, 'shiftEnd': null::varchar, 'soldByRate': 0.0, 'startDate': null::varchar,
        'status': 'Idle', 'skills': []::struct(id bigint, name varchar)[], 'positions': ['Service'], 'location': null,
        'bio': null::varchar, 'memo': null::varchar
    } as payload
from base.technicians as t inner join base.accounts as a on a.tenant = t.tenant

-- entity: technician_shifts
select
    a.account, 700000000 + s.n as id, s.made_at as created_at, s.made_at as modified_at, true as active,
    7001 + s.technician as technician_id, s.starts_at,
    {
        'id': 700000000 + s.n, 'shiftType': case when s.kind = 1 then 'TimeOff' else 'Normal' end,
        'title': ['Shift', 'PTO', 'Training'][s.kind + 1], 'note': null::varchar, 'active': true,
        'technicianId': 7001 + s.technician, 'start': serve.z(s.starts_at), 'end': serve.z(s.ends_at),
        'timesheetCodeId': case when s.kind = 2 then 71 end, 'createdOn': serve.z(s.made_at), 'modifiedOn': serve.z(s.made_at)
    } as payload
from base.shifts as s inner join base.accounts as a on a.tenant = s.tenant

-- entity: timesheets
select
    account, timesheet_id as id, coalesce(dispatched_at, arrived_at) as created_at,
    serve.latest([coalesce(dispatched_at, arrived_at), arrived_at, sheet_done_at]) as modified_at, true as active, job_id,
    {
        'id': timesheet_id, 'jobId': job_id, 'appointmentId': appointment_id, 'technicianId': 7001 + technician,
        'dispatchedOn': case when serve.past(dispatched_at) then serve.z(dispatched_at) end,
        'arrivedOn': case when serve.past(arrived_at) then serve.z(arrived_at) end,
        'canceledOn': case when serve.past(cancelled_at) then serve.z(cancelled_at) end,
        'doneOn': case when serve.past(sheet_done_at) then serve.z(sheet_done_at) end,
        'createdOn': serve.z(coalesce(dispatched_at, arrived_at)),
        'modifiedOn': serve.z(serve.latest([coalesce(dispatched_at, arrived_at), arrived_at, sheet_done_at])), 'active': true
    } as payload
from base.jobs where dispatched_at is not null or arrived_at is not null

-- entity: activities
select
    account, timesheet_id + 10000000 as id, arrived_at as created_at, serve.latest([arrived_at, sheet_done_at]) as modified_at, true as active,
    {
        'id': timesheet_id + 10000000, 'employeeId': 7001 + technician, 'employeeType': 'Technician', 'activityTypeId': 1,
        'startTime': serve.z(arrived_at), 'endTime': case when serve.past(sheet_done_at) then serve.z(sheet_done_at) end,
        'jobId': job_id, 'appointmentId': appointment_id, 'projectId': null::bigint, 'projectLabel': null::varchar,
        'laborTypeId': null::bigint, 'budgetCodeId': null::bigint, 'memo': null::varchar, 'tagTypes': []::bigint[],
        'startCoordinate': null, 'endCoordinate': null, 'active': true, 'modifiedById': null::bigint,
        'createdOn': serve.z(arrived_at), 'modifiedOn': serve.z(serve.latest([arrived_at, sheet_done_at]))
    } as payload
from base.jobs where arrived_at is not null

-- entity: tag_types
select a.account, 8001 + t.place as id, timestamp '2024-01-05 12:00:00' as created_at, timestamp '2024-01-05 12:00:00' as modified_at, true as active,
    {
        'id': 8001 + t.place, 'name': t.name, 'color': '#336699', 'code': upper(left(t.name, 3)), 'importance': null::varchar,
        'isConversionOpportunity': false, 'allowToUseOnTimesheetActivity': false, 'isVisibleOnDispatchBoard': true,
        'active': true, 'createdOn': '2024-01-05T12:00:00Z', 'modifiedOn': '2024-01-05T12:00:00Z'
    } as payload
from base.tags as t cross join base.accounts as a

-- entity: job_types
select a.account, t.type_id as id, timestamp '2024-01-05 12:00:00' as created_at, timestamp '2024-01-05 12:00:00' as modified_at, true as active,
    {
        'id': t.type_id, 'name': t.name, 'businessUnitIds': [501 + t.business_unit], 'skills': []::varchar[],
        'tagTypeIds': []::bigint[], 'priority': 'Normal', 'duration': (t.work_hours * 3600)::bigint, 'soldThreshold': null::double,
        'class': t.class_name, 'summary': '', 'noCharge': t.class_name in ('membership', 'warranty', 'recall', 'internal'),
        'enforceRecurringServiceEventSelection': false, 'invoiceSignaturesRequired': false,
        'modifiedOn': '2024-01-05T12:00:00Z', 'createdOn': '2024-01-05T12:00:00Z',
        'externalData': []::struct("key" varchar, "value" varchar)[], 'active': true, 'isSmartDispatched': false,
        'defaultEstimateSoldAction': 'None', 'customFieldTypeIds': [88]
    } as payload
from base.job_types as t cross join base.accounts as a

-- entity: business_units
select a.account, 501 + u.place as id, timestamp '2024-01-05 12:00:00' as created_at, timestamp '2024-01-05 12:00:00' as modified_at, true as active,
    {
        'id': 501 + u.place, 'active': true, 'name': u.name, 'officialName': u.name, 'email': null::varchar, 'currency': null::varchar,
        'phoneNumber': null::varchar, 'invoiceHeader': null::varchar, 'invoiceMessage': null::varchar, 'defaultTaxRate': null::double,
        'authorizationParagraph': null::varchar, 'acknowledgementParagraph': null::varchar, 'address': null, 'materialSku': null::varchar,
        'quickbooksClass': null::varchar, 'accountCode': null::varchar, 'franchiseId': null::varchar, 'conceptCode': null::varchar,
        'corporateContractNumber': null::varchar, 'trade': null, 'division': null, 'tagTypeIds': []::bigint[],
        'tenant': {'id': a.tenant_id, 'name': a.account, 'accountCode': null::varchar, 'franchiseId': null::varchar, 'conceptCode': null::varchar, 'modifiedOn': '2024-01-05T12:00:00Z'},
        'createdOn': '2024-01-05T12:00:00Z', 'modifiedOn': '2024-01-05T12:00:00Z',
        'externalData': []::struct("key" varchar, "value" varchar)[], 'certifiedSentriconSpecialistCode': null::varchar
    } as payload
from base.business_units as u cross join base.accounts as a

-- entity: job_cancel_reasons
select a.account, 30 + r.place as id, timestamp '2024-01-05 12:00:00' as created_at, timestamp '2024-01-05 12:00:00' as modified_at, r.place <> 4 as active,
    {'id': 30 + r.place, 'name': r.name, 'active': r.place <> 4, 'createdOn': '2024-01-05T12:00:00Z', 'modifiedOn': '2024-01-05T12:00:00Z'} as payload
from base.cancel_reasons as r cross join base.accounts as a
