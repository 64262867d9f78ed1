{{ stage_records('servicetitan', 'business_units', key='business_unit_id', columns={
    'name': ('name', 'text'),
    'official_name': ('officialName', 'text'),
    'currency_code': ('currency', 'text'),
    'is_active': ('active', 'boolean'),
    'created_at': ('createdOn', 'instant'),
}) }}
