{{ stage_records('servicetitan', 'job_types', key='job_type_id', columns={
    'name': ('name', 'text'),
    'job_class': ('class', 'word'),
    'is_no_charge': ('noCharge', 'boolean'),
    'is_active': ('active', 'boolean'),
    'created_at': ('createdOn', 'instant'),
}) }}
