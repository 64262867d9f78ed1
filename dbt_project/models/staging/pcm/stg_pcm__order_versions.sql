{{ stage_versions('pcm', 'orders', 'order_id', {
    'status': '$.status',
    'batch_id': '$.batchID',
}) }}
