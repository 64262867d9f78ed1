{{ stage_nested('stg_servicetitan__job_history', 'history', ['job_id'], {
    'event_id': ('id', 'id'),
    'event_type': ('eventType', 'text'),
    'happened_at': ('date', 'instant'),
}) }}
