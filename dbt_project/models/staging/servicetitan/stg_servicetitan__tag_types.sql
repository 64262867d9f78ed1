{{ stage_records('servicetitan', 'tag_types', key='tag_type_id', columns={
    'name': ('name', 'text'),
    'code': ('code', 'text'),
    'is_active': ('active', 'boolean'),
    'created_at': ('createdOn', 'instant'),
}) }}
