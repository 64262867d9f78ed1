{{ stage_records('servicetitan', 'credit_memos', key='credit_memo_id', columns={
    'reference_number': ('referenceNumber', 'text'),
    'customer_id': ('customer.id', 'reference'),
    'description': ('description', 'text'),
    'subtotal_cents': ('subTotal', 'cents'),
    'tax_cents': ('salesTax', 'cents'),
    'total_cents': ('total', 'cents'),
    'balance_cents': ('balance', 'cents'),
    'is_active': ('active', 'boolean'),
    'issued_on': ('date', 'date'),
    'created_at': ('createdOn', 'instant'),
}, nested={
    'applications': ('appliedTo', {
        'appliedId': 'VARCHAR',
        'appliedTo': 'VARCHAR',
        'appliedAmount': 'VARCHAR',
        'appliedOn': 'VARCHAR',
        'appliedToReferenceNumber': 'VARCHAR',
    }),
}) }}
