{{ stage_records('pcm', 'undeliverables', key='undeliverable_id', columns={
    'batch_id': ('batchID', 'reference'),
    'order_id': ('orderID', 'reference'),
    'external_reference': ('extRefNbr', 'text'),
    'reason': ('failureReason', 'text'),
    'occurred_at': ('date', 'instant'),
}) }}
