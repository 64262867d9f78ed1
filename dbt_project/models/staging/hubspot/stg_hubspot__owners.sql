{{ stage_records('hubspot', 'owners', key='owner_id', columns={
    'email': ('email', 'text'),
    'first_name': ('firstName', 'text'),
    'last_name': ('lastName', 'text'),
    'is_archived': ('archived', 'boolean'),
    'record_created_at': ('createdAt', 'portal_instant'),
    'record_updated_at': ('updatedAt', 'portal_instant'),
}) }}
