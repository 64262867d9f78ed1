-- entity: Customer
with named as (
    select *, row_number() over (partition by name order by row_n) as namesake,
        serve.latest([created_at, changed_at, inactive_at]) as modified_at
    from base.book_customers
)
select
    'main' as account, customer_id as id, created_at, modified_at, not serve.past(inactive_at) as active, null::timestamp as deleted_at,
    serve.no_nulls({
        'Id': customer_id::varchar, 'SyncToken': case when modified_at > created_at then '1' else '0' end, 'domain': 'QBO', 'sparse': false,
        'DisplayName': name || case when namesake > 1 then ' ' || namesake else '' end, 'CompanyName': company,
        'GivenName': case when company is null then split_part(name, ' ', 1) end,
        'FamilyName': case when company is null then nullif(split_part(name, ' ', -1), '') end,
        'FullyQualifiedName': name || case when namesake > 1 then ' ' || namesake else '' end, 'PrintOnCheckName': name,
        'Active': not serve.past(inactive_at), 'Taxable': true, 'Job': false, 'BillWithParent': false, 'Balance': 0.0, 'BalanceWithJobs': 0.0,
        'CurrencyRef': {'value': 'USD', 'name': 'United States Dollar'}, 'PreferredDeliveryMethod': 'Email',
        'PrimaryTaxIdentifier': case when tax_id is null then null when customer_id % 7 = 0 then 'TBD' else 'XXXXXX' || right(tax_id, 5) end,
        'ResaleNum': case when customer_id % 2 = 0 then tax_id end,
        'PrimaryPhone': case when phone is not null then {'FreeFormNumber': phone} end,
        'PrimaryEmailAddr': case when email is not null then {'Address': email} end,
        'BillAddr': {'Id': (customer_id + 5000)::varchar, 'Line1': address_line_1, 'Line2': address_line_2, 'City': city, 'CountrySubDivisionCode': state, 'PostalCode': postal_code, 'Lat': 'INVALID', 'Long': 'INVALID'},
        'MetaData': {'CreateTime': serve.pacific(created_at), 'LastUpdatedTime': serve.pacific(modified_at)}
    }) as payload
from named

-- entity: Invoice
with paid as (
    select p.invoice, sum(p.cents) as paid_cents, max(greatest(p.paid_at + interval 8 hour, i.books_at + interval 1 hour)) as paid_at
    from base.payments as p inner join base.invoices as i on i.invoice = p.invoice
    where p.kind = 0 and serve.past(greatest(p.paid_at + interval 8 hour, i.books_at + interval 1 hour)) group by p.invoice
),
credited as (
    select c.invoice, sum(c.cents) as credited_cents, max(c.issued_at + interval 9 hour) as credited_at
    from base.credit_memos as c where c.applied and serve.past(c.issued_at + interval 9 hour) group by c.invoice
),
stated as (
    select
        b.*, b.voided_at + interval 20 minute as void_at,
        serve.past(b.voided_at + interval 20 minute) as is_void,
        case when serve.past(b.changed_at + interval 15 minute) then b.change_cents else 0 end as extra_cents,
        case when b.is_copy then 0 else coalesce(p.paid_cents, 0) + coalesce(c.credited_cents, 0) end as settled_cents,
        greatest(
            serve.latest([b.happened_at, b.changed_at + interval 15 minute, b.voided_at + interval 20 minute, b.books_free_lines_at]),
            case when b.is_copy then b.happened_at else coalesce(p.paid_at, b.happened_at) end,
            case when b.is_copy then b.happened_at else coalesce(c.credited_at, b.happened_at) end,
            b.happened_at
        ) as modified_at
    from base.book_invoices as b
    left join paid as p on p.invoice = b.invoice
    left join credited as c on c.invoice = b.invoice
),
summed as (
    select *, case when is_void then 0 else total_cents + extra_cents + books_difference_cents end as amount_cents,
        case when is_void then 0 else 1 end as alive
    from stated
)
select
    'main' as account, book_invoice_id as id, happened_at as created_at,
    case when serve.past(deleted_at) then deleted_at else modified_at end as modified_at, true as active,
    case when serve.past(deleted_at) then deleted_at end as deleted_at,
    serve.no_nulls({
        'Id': book_invoice_id::varchar, 'SyncToken': case when modified_at > happened_at then '1' else '0' end, 'domain': 'QBO', 'sparse': false,
        'DocNumber': invoice_number, 'TxnDate': serve.local_date(created_at), 'DueDate': serve.local_date(created_at + interval 30 day),
        'TotalAmt': serve.amount(amount_cents),
        'Balance': serve.amount(greatest(0, amount_cents - case when is_void then 0 else settled_cents end)), 'Deposit': 0,
        'CurrencyRef': {'value': 'USD', 'name': 'United States Dollar'},
        'CustomerRef': {'value': book_customer_id::varchar, 'name': book_name},
        'PrivateNote': case when is_void then 'Voided' when job_number is not null then 'Job ' || job_number end,
        'CustomerMemo': {'value': 'Thank you for your business.'},
        'LinkedTxn': case when not is_void and settled_cents > 0 then [{'TxnId': (2000000 + invoice)::varchar, 'TxnType': 'Payment'}] else [] end,
        'CustomField': [{'DefinitionId': '1', 'Type': 'StringType', 'Name': 'Job #', 'StringValue': coalesce(job_number, '')}],
        'BillEmail': case when bill_email is not null then {'Address': bill_email} end,
        'BillAddr': case when serve.past(books_free_lines_at)
            then to_json({'Id': (book_invoice_id + 7000000)::varchar, 'Line1': coalesce(book_name, ''), 'Line2': coalesce(bill_line_1, ''), 'Line3': concat_ws(' ', coalesce(bill_city, '') || ',', bill_state, bill_zip)})
            else to_json({'Id': (book_invoice_id + 7000000)::varchar, 'Line1': bill_line_1, 'City': bill_city, 'CountrySubDivisionCode': bill_state, 'PostalCode': bill_zip, 'Lat': 'INVALID', 'Long': 'INVALID'}) end,
        'Line': list_concat(
            list_transform(list_filter([
        {'n': 1, 'item': '11', 'name': 'Labor', 'cents': (labor_cents + extra_cents + books_difference_cents) * alive, 'text': coalesce(type_name, 'Counter sale') || coalesce(' job ' || job_number, '')},
        {'n': 2, 'item': '12', 'name': 'Material', 'cents': material_cents * alive, 'text': 'Parts and material'},
        {'n': 3, 'item': '13', 'name': 'Equipment', 'cents': equipment_cents * alive, 'text': 'Equipment'}
    ], lambda line: line.cents <> 0 or line.n = 1), lambda line: to_json({'Id': line.n::varchar, 'LineNum': line.n, 'Description': line.text, 'Amount': serve.amount(line.cents), 'DetailType': 'SalesItemLineDetail',
                'SalesItemLineDetail': {'ItemRef': {'value': line.item, 'name': line.name}, 'Qty': 1, 'UnitPrice': serve.amount(line.cents), 'TaxCodeRef': {'value': case when line.n = 1 then 'NON' else 'TAX' end}}})),
            list_concat(
                case when discount_cents * alive <> 0 then [to_json({'Amount': serve.amount(discount_cents), 'DetailType': 'DiscountLineDetail', 'DiscountLineDetail': {'PercentBased': false}})] else [] end,
                [to_json({'Amount': serve.amount((subtotal_cents + discount_cents + extra_cents + books_difference_cents) * alive), 'DetailType': 'SubTotalLineDetail', 'SubTotalLineDetail': {'ItemRef': null}})]
            )
        ),
        'TxnTaxDetail': {'TotalTax': serve.amount(tax_cents * alive)},
        'ApplyTaxAfterDiscount': false, 'PrintStatus': 'NeedToPrint', 'EmailStatus': 'EmailSent',
        'MetaData': {'CreateTime': serve.pacific(happened_at), 'LastUpdatedTime': serve.pacific(modified_at)}
    }) as payload
from summed

-- entity: Payment
with every_payment as (
    select 2000000 + p.payment as id, greatest(p.paid_at + interval 8 hour, i.happened_at + interval 1 hour) as paid_at, p.cents,
        case when i.overpaid and not i.pays_in_two then 2000 else 0 end as unapplied_cents,
        i.book_invoice_id, i.book_customer_id, i.book_name, null::bigint as book_credit_id
    from base.payments as p inner join base.book_invoices as i on i.invoice = p.invoice and not i.is_copy
    where p.kind = 0
    union all by name
    select 6000000 + m.credit as id, m.issued_at + interval 9 hour as paid_at, 0 as cents, 0 as unapplied_cents,
        i.book_invoice_id, i.book_customer_id, i.book_name, 8000000 + m.credit as book_credit_id
    from base.credit_memos as m inner join base.book_invoices as i on i.invoice = m.invoice and not i.is_copy
    where m.applied
),
shown as (
    select e.*, m.cents as credit_cents from every_payment as e
    left join base.credit_memos as m on m.credit = e.book_credit_id - 8000000
)
select
    'main' as account, id, paid_at as created_at, paid_at as modified_at, true as active, null::timestamp as deleted_at,
    serve.no_nulls({
        'Id': id::varchar, 'SyncToken': '0', 'domain': 'QBO', 'sparse': false, 'TxnDate': serve.local_date(paid_at),
        'TotalAmt': serve.amount(cents), 'UnappliedAmt': serve.amount(unapplied_cents), 'ProcessPayment': false,
        'CurrencyRef': {'value': 'USD', 'name': 'United States Dollar'}, 'CustomerRef': {'value': book_customer_id::varchar, 'name': book_name},
        'Line': case when book_credit_id is null
            then [to_json({'Amount': serve.amount(cents - unapplied_cents), 'LinkedTxn': [{'TxnId': book_invoice_id::varchar, 'TxnType': 'Invoice'}]})]
            else [to_json({'Amount': serve.amount(credit_cents), 'LinkedTxn': [{'TxnId': book_invoice_id::varchar, 'TxnType': 'Invoice'}]}),
                to_json({'Amount': serve.amount(credit_cents), 'LinkedTxn': [{'TxnId': book_credit_id::varchar, 'TxnType': 'CreditMemo'}]})] end,
        'MetaData': {'CreateTime': serve.pacific(paid_at), 'LastUpdatedTime': serve.pacific(paid_at)}
    }) as payload
from shown

-- entity: CreditMemo
select
    'main' as account, 8000000 + m.credit as id, m.issued_at + interval 8 hour as created_at, m.issued_at + interval 8 hour as modified_at, true as active, null::timestamp as deleted_at,
    serve.no_nulls({
        'Id': (8000000 + m.credit)::varchar, 'SyncToken': '0', 'domain': 'QBO', 'sparse': false, 'DocNumber': 'CM-' || m.credit_memo_id,
        'TxnDate': serve.local_date(m.issued_at), 'TotalAmt': serve.amount(m.cents), 'RemainingCredit': serve.amount(case when m.applied then 0 else m.cents end),
        'Balance': serve.amount(case when m.applied then 0 else m.cents end),
        'CustomerRef': {'value': i.book_customer_id::varchar, 'name': i.book_name}, 'CurrencyRef': {'value': 'USD', 'name': 'United States Dollar'},
        'PrivateNote': 'Credit for invoice ' || m.invoice_number,
        'Line': [
            to_json({'Id': '1', 'LineNum': 1, 'Amount': serve.amount(m.cents - m.tax_cents), 'DetailType': 'SalesItemLineDetail', 'SalesItemLineDetail': {'ItemRef': {'value': '11', 'name': 'Labor'}, 'Qty': 1}}),
            to_json({'Amount': serve.amount(m.cents - m.tax_cents), 'DetailType': 'SubTotalLineDetail', 'SubTotalLineDetail': {'ItemRef': null}})
        ],
        'TxnTaxDetail': {'TotalTax': serve.amount(m.tax_cents)},
        'MetaData': {'CreateTime': serve.pacific(m.issued_at + interval 8 hour), 'LastUpdatedTime': serve.pacific(m.issued_at + interval 8 hour)}
    }) as payload
from base.credit_memos as m inner join base.book_invoices as i on i.invoice = m.invoice and not i.is_copy

-- entity: RefundReceipt
select
    'main' as account, 9000000 + p.payment as id, p.paid_at + interval 8 hour as created_at, p.paid_at + interval 8 hour as modified_at, true as active, null::timestamp as deleted_at,
    serve.no_nulls({
        'Id': (9000000 + p.payment)::varchar, 'SyncToken': '0', 'domain': 'QBO', 'sparse': false, 'DocNumber': case when p.payment % 2 = 0 then 'R' || p.invoice_number end,
        'TxnDate': serve.local_date(p.paid_at), 'TotalAmt': serve.amount(-p.cents), 'Balance': 0,
        'CustomerRef': {'value': i.book_customer_id::varchar, 'name': i.book_name}, 'CurrencyRef': {'value': 'USD', 'name': 'United States Dollar'},
        'PrivateNote': 'Refund',
        'Line': [
            to_json({'Id': '1', 'LineNum': 1, 'Amount': serve.amount(-p.cents), 'DetailType': 'SalesItemLineDetail', 'SalesItemLineDetail': {'ItemRef': {'value': '11', 'name': 'Labor'}, 'Qty': 1}}),
            to_json({'Amount': serve.amount(-p.cents), 'DetailType': 'SubTotalLineDetail', 'SubTotalLineDetail': {'ItemRef': null}})
        ],
        'TxnTaxDetail': {'TotalTax': 0},
        'MetaData': {'CreateTime': serve.pacific(p.paid_at + interval 8 hour), 'LastUpdatedTime': serve.pacific(p.paid_at + interval 8 hour)}
    }) as payload
from base.payments as p inner join base.book_invoices as i on i.invoice = p.invoice and not i.is_copy
where p.kind = 1

-- entity: PurchaseOrder
select
    'main' as account, purchase_order_id as id, happened_at as created_at, happened_at as modified_at, true as active, null::timestamp as deleted_at,
    serve.no_nulls({
        'Id': purchase_order_id::varchar, 'SyncToken': '0', 'domain': 'QBO', 'sparse': false, 'DocNumber': 'PO' || purchase_order_id,
        'TxnDate': serve.local_date(happened_at), 'TotalAmt': serve.amount(cents), 'POStatus': 'Closed',
        'VendorRef': {'value': '901', 'name': 'Supply House'}, 'CurrencyRef': {'value': 'USD', 'name': 'United States Dollar'},
        'Line': [{'Id': '1', 'LineNum': 1, 'Description': coalesce('Equipment for job ' || job_number, 'Equipment'), 'Amount': serve.amount(cents), 'DetailType': 'ItemBasedExpenseLineDetail',
            'ItemBasedExpenseLineDetail': {'ItemRef': {'value': '13', 'name': 'Equipment'}, 'CustomerRef': {'value': book_customer_id::varchar, 'name': book_name}, 'Qty': 1, 'UnitPrice': serve.amount(cents)}}],
        'MetaData': {'CreateTime': serve.pacific(happened_at), 'LastUpdatedTime': serve.pacific(happened_at)}
    }) as payload
from base.purchase_orders

-- entity: CompanyInfo
select 'main' as account, 1 as id, timestamp '2020-01-02 16:00:00' as created_at, timestamp '2025-01-02 16:00:00' as modified_at, true as active, null::timestamp as deleted_at,
    {
        'Id': '1', 'SyncToken': '4', 'domain': 'QBO', 'sparse': false, 'CompanyName': 'Bluebonnet Home Services', 'LegalName': 'Bluebonnet Home Services LLC',
        'Country': 'US', 'FiscalYearStartMonth': 'January', 'SupportedLanguages': 'en',
        'CompanyAddr': {'Id': '1', 'Line1': '900 Operator Way', 'City': 'Austin', 'CountrySubDivisionCode': 'TX', 'PostalCode': '78701'},
        'MetaData': {'CreateTime': '2020-01-02T08:00:00-08:00', 'LastUpdatedTime': '2025-01-02T08:00:00-08:00'}
    } as payload
