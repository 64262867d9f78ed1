{{ stage_nested('stg_servicetitan__payments', 'applications', ['payment_id', 'total_cents', 'refunded_payment_id', 'is_active'], {
    'application_id': ('appliedId', 'id'),
    'applied_to_id': ('appliedTo', 'reference'),
    'applied_to_number': ('appliedToReferenceNumber', 'text'),
    'applied_cents': ('appliedAmount', 'cents'),
    'applied_at': ('appliedOn', 'instant'),
}) }}
