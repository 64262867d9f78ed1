{{ stage_records('servicetitan', 'job_canceled_logs', key='canceled_log_id', columns={
    'job_id': ('jobId', 'reference'),
    'reason_id': ('reasonId', 'reference'),
    'memo': ('memo', 'text'),
    'is_active': ('active', 'boolean'),
    'created_at': ('createdOn', 'instant'),
}) }}
