{{ stage_records('quickbooks', 'purchase_orders', key='purchase_order_id', columns={
    'document_number': ('DocNumber', 'text'),
    'vendor_id': ('VendorRef.value', 'reference'),
    'vendor_name': ('VendorRef.name', 'text'),
    'currency_code': ('CurrencyRef.value', 'text'),
    'total_cents': ('TotalAmt', 'cents'),
    'issued_on': ('TxnDate', 'date'),
    'stub_status': ('status', 'text'),
    'created_at': ('MetaData.CreateTime', 'instant'),
    'changed_at': ('MetaData.LastUpdatedTime', 'instant'),
}, nested={
    'lines': ('Line', {
        'Id': 'VARCHAR',
        'Amount': 'VARCHAR',
        'Description': 'VARCHAR',
    }),
}) }}
