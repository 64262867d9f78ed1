{{ stage_records('servicetitan', 'payments', key='payment_id', columns={
    'customer_id': ('customer.id', 'reference'),
    'refunded_payment_id': ('refundedPaymentId', 'reference'),
    'payment_type': ('type', 'text'),
    'memo': ('memo', 'text'),
    'total_cents': ('total', 'cents'),
    'unapplied_cents': ('unappliedAmount', 'cents'),
    'is_active': ('active', 'boolean'),
    'paid_at': ('date', 'instant'),
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
