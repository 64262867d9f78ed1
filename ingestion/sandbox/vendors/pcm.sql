-- entity: designs
select 'main' as account, c.campaign + 35001 as id, (c.started_on - interval 25 day)::timestamp as created_at, (c.started_on - interval 25 day)::timestamp as modified_at, true as active,
    {
        'size': {'key': c.size, 'label': case c.size when '46' then '4.25 x 6 Postcard' when '69' then '6 x 9 Postcard' else '6 x 11 Postcard' end},
        'mailClasses': case when c.mail_class = 'first_class' then 'FirstClass' else 'Standard' end, 'productType': 'postcard', 'designID': c.campaign + 35001,
        'proofFront': null::varchar, 'proofBack': null::varchar, 'proofPDF': null::varchar, 'friendlyName': c.code || ' front and back',
        'approvalDateTime': serve.zms((c.started_on - interval 20 day)::timestamp),
        'designFields': [{'fieldType': 'text', 'fieldKey': 'promocode', 'fieldLabel': 'Promo code', 'mandatory': true}],
        'qrCodeID': 301 + c.campaign, 'isUpload': true
    } as payload
from base.campaigns as c where c.channel = 'direct_mail'

-- entity: orders
select 'main' as account, order_id as id, ordered_at as created_at, serve.latest([ordered_at, processing_at, mailing_at, delivered_at]) as modified_at, true as active,
    order_ref, batch_id,
    {
        'status': case when serve.past(delivered_at) then 'Delivered' when serve.past(mailing_at) then 'Processed' when serve.past(processing_at) then 'Processing' else 'Pending' end,
        'mailClass': case when mail_class = 'first_class' then 'FirstClass' else 'Standard' end, 'productType': 'postcard', 'options': null,
        'orderID': order_id, 'batchID': batch_id, 'extRefNbr': order_ref, 'designID': design_id, 'orderDate': serve.zms(ordered_at),
        'returnAddress': null, 'proof': 'https://pcm.example/designProofs/' || order_id || '.pdf',
        'subresources': {'recipients': '/order/' || order_id || '/recipients', 'design': '/design/' || design_id}
    } as payload
from base.drops

-- entity: batches
select 'main' as account, batch_id as id, ordered_at as created_at, serve.latest([ordered_at, processing_at, mailing_at, delivered_at]) as modified_at, true as active,
    {
        'status': case when serve.past(delivered_at) then 'Delivered' when serve.past(mailing_at) then 'Mailing' when serve.past(processing_at) then 'Processing' else 'Pending' end,
        'batchID': batch_id, 'invoiceURL': case when serve.past(mailing_at) then 'https://pcm.example/invoices/' || batch_id || '.pdf' end,
        'createdDate': serve.zms(processing_at),
        'lastModifiedDate': serve.zms(serve.latest([ordered_at, processing_at, mailing_at, delivered_at])),
        'subresources': {'orders': '/batch/' || batch_id || '/orders', 'recipients': '/batch/' || batch_id || '/recipients'}
    } as payload
from base.drops

-- entity: recipients
with shown as (
    select p.*, d.ordered_at, d.processing_at, c.offer,
        w.company, w.first_name, w.last_name, w.address_line_1, w.address_line_2, w.city, w.state, w.postal_code, w.postal_code_4
    from base.pieces as p
    inner join base.drops as d on d.drop = p.drop
    inner join base.campaigns as c on c.campaign = p.campaign
    inner join base.recipients_written as w on w.n = p.piece
)
select 'main' as account, piece as id, ordered_at as created_at, serve.latest([ordered_at, processing_at]) as modified_at, true as active,
    order_id, batch_id,
    {
        'company': company, 'firstName': coalesce(first_name, ''), 'lastName': coalesce(last_name, ''), 'address': address_line_1, 'address2': coalesce(address_line_2, ' '),
        'city': case when outside_area then 'EL PASO' else city end, 'state': state,
        'zipCode': case when outside_area then '79901' else postal_code || coalesce('-' || postal_code_4, '') end,
        'extRefNbr': piece_id, 'undeliverable': failed and serve.past(processing_at),
        'undeliverableReason': case when failed and serve.past(processing_at) then 'Vacant or incomplete address' end,
        'variables': [{'key': 'promocode', 'value': promo_code}, {'key': 'offer', 'value': offer}]
    } as payload
from shown

-- entity: undeliverables
select 'main' as account, p.piece as id, d.processing_at as created_at, d.processing_at as modified_at, true as active,
    p.batch_id, d.mailing_at as mailed_at,
    {
        'batchID': p.batch_id, 'orderID': p.order_id, 'extRefNbr': p.piece_id, 'failureReason': 'Vacant or incomplete address', 'date': serve.zms(d.mailing_at)
    } as payload
from base.pieces as p inner join base.drops as d on d.drop = p.drop
where p.failed

-- entity: mail_tracking
with events as (
    select piece, piece_id, order_id, batch_id, unnest(list_filter([
        {'status': 'en route', 'date': entered_at},
        {'status': 'redirected', 'date': case when returned_at is not null then returned_at - interval 2 day end},
        {'status': 'delivered', 'date': delivered_at},
        {'status': 'returned', 'date': returned_at}
    ], lambda event: event.date is not null)) as event
    from base.pieces
)
select 'main' as account, piece as id, event.date as created_at, event.date as modified_at, true as active, order_id, batch_id,
    {
        'orderID': order_id, 'batchID': batch_id, 'extRefNbr': piece_id, 'status': event.status, 'date': serve.zms(event.date)
    } as payload
from events

-- entity: qr_codes
with scanned as (
    select p.campaign, count(*) as scans from base.scans as s inner join base.pieces as p on p.piece = s.piece where serve.past(s.scanned_at) group by p.campaign
)
select 'main' as account, 301 + c.campaign as id, (c.started_on - interval 22 day)::timestamp as created_at, (c.started_on - interval 22 day)::timestamp as modified_at, true as active,
    {
        'qrCodeId': 301 + c.campaign, 'url': 'https://operator.example/go/' || lower(c.code), 'totalScans': coalesce(s.scans, 0), 'preview': 'https://pcm.example/qr/' || (301 + c.campaign) || '.png',
        'subresources': [{'tracking': '/qr-code/' || (301 + c.campaign) || '/tracking'}]
    } as payload
from base.campaigns as c left join scanned as s on s.campaign = c.campaign
where c.channel = 'direct_mail' and c.kind = 'addressed'

-- entity: qr_scans
select 'main' as account, s.n as id, s.scanned_at as created_at, s.scanned_at as modified_at, true as active, 301 + p.campaign as qr_code_id,
    {
        'ipAddress': '203.0.113.' || (s.n % 250), 'scanDate': serve.zms(s.scanned_at),
        'recipient': {
            'company': w.company, 'firstName': coalesce(w.first_name, ''), 'lastName': coalesce(w.last_name, ''), 'address': w.address_line_1, 'address2': coalesce(w.address_line_2, ' '),
            'city': w.city, 'state': w.state, 'zipCode': w.postal_code, 'extRefNbr': p.piece_id
        }
    } as payload
from base.scans as s
inner join base.pieces as p on p.piece = s.piece
inner join base.recipients_written as w on w.n = p.piece

-- entity: balances
with spent as (
    select coalesce(sum(75), 0) as cents from base.pieces where serve.past(printed_at)
)
select 'main' as account, 1 as id, timestamp '2024-01-05 12:00:00' as created_at, timestamp '2024-01-05 12:00:00' as modified_at, true as active,
    {'moneyOnAccount': serve.amount(2500000 + (cents // 1000000) * 1000000 - cents), 'customInventory': []::struct(inventoryID integer)[]} as payload
from spent

-- entity: suppressions
select 'main' as account, p.piece as id, p.added_on::timestamp as created_at, p.added_on::timestamp as modified_at, true as active,
    {
        'suppressionAddressID': 70000 + p.piece, 'address': w.address_line_1, 'address2': coalesce(w.address_line_2, ' '), 'city': w.city, 'state': w.state, 'zipCode': w.postal_code
    } as payload
from base.suppressed as p
inner join base.recipients_written as w on w.n = p.piece
