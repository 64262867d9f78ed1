{{ stage_records('quickbooks', 'payments', key='payment_id', columns={
    'document_number': ('DocNumber', 'text'),
    'customer_id': ('CustomerRef.value', 'reference'),
    'customer_name': ('CustomerRef.name', 'text'),
    'currency_code': ('CurrencyRef.value', 'text'),
    'private_note': ('PrivateNote', 'text'),
    'total_cents': ('TotalAmt', 'cents'),
    'unapplied_cents': ('UnappliedAmt', 'cents'),
    'paid_on': ('TxnDate', 'date'),
    'stub_status': ('status', 'text'),
    'created_at': ('MetaData.CreateTime', 'instant'),
    'changed_at': ('MetaData.LastUpdatedTime', 'instant'),
}, nested={
    'lines': ('Line', {
        'Amount': 'VARCHAR',
        'LinkedTxn': [{'TxnId': 'VARCHAR', 'TxnType': 'VARCHAR'}],
    }),
}) }}
