{{ stage_records('quickbooks', 'refund_receipts', key='refund_receipt_id', columns={
    'document_number': ('DocNumber', 'text'),
    'customer_id': ('CustomerRef.value', 'reference'),
    'customer_name': ('CustomerRef.name', 'text'),
    'currency_code': ('CurrencyRef.value', 'text'),
    'private_note': ('PrivateNote', 'text'),
    'total_cents': ('TotalAmt', 'cents'),
    'tax_cents': ('TxnTaxDetail.TotalTax', 'cents'),
    'issued_on': ('TxnDate', 'date'),
    'stub_status': ('status', 'text'),
    'created_at': ('MetaData.CreateTime', 'instant'),
    'changed_at': ('MetaData.LastUpdatedTime', 'instant'),
}, nested={
    'lines': ('Line', {
        'Id': 'VARCHAR',
        'Description': 'VARCHAR',
        'Amount': 'VARCHAR',
        'DetailType': 'VARCHAR',
        'SalesItemLineDetail': {'ItemRef': {'name': 'VARCHAR', 'value': 'VARCHAR'}, 'Qty': 'VARCHAR'},
        'LinkedTxn': [{'TxnId': 'VARCHAR', 'TxnType': 'VARCHAR'}],
    }),
    'custom_fields': ('CustomField', {
        'Name': 'VARCHAR',
        'StringValue': 'VARCHAR',
    }),
}) }}
