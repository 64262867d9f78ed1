{{ stage_records('pcm', 'orders', key='order_id', columns={
    'status': ('status', 'text'),
    'mail_class': ('mailClass', 'text'),
    'product_type': ('productType', 'text'),
    'batch_id': ('batchID', 'reference'),
    'external_reference': ('extRefNbr', 'text'),
    'design_id': ('designID', 'reference'),
    'mail_on': ('mailDate', 'date'),
    'ordered_at': ('orderDate', 'instant'),
}) }}
