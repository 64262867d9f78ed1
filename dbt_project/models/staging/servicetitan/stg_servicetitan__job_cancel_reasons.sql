{{ stage_records('servicetitan', 'job_cancel_reasons', key='reason_id', columns={
    'name': ('name', 'text'),
    'is_active': ('active', 'boolean'),
    'created_at': ('createdOn', 'instant'),
}) }}
