{{ stage_versions('import', 'jobs', 'job_id', {
    'source_word': '$.source',
    'id_text': '$.job_id',
    'status': '$.status',
}) }}
