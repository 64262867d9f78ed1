{{ stage_versions('pcm', 'batches', 'batch_id', {
    'status': '$.status',
}) }}
