{{ stage_nested('stg_servicetitan__credit_memos', 'applications', ['credit_memo_id', 'total_cents', 'tax_cents', 'is_active'], {
    'application_id': ('appliedId', 'id'),
    'applied_to_id': ('appliedTo', 'reference'),
    'applied_to_number': ('appliedToReferenceNumber', 'text'),
    'applied_cents': ('appliedAmount', 'cents'),
    'applied_at': ('appliedOn', 'instant'),
}) }}
