{{ stage_records('servicetitan', 'location_contacts', key='contact_id', columns={
    'location_id': ('locationId', 'reference'),
    'contact_type': ('type', 'word'),
    'contact_value': ('value', 'text'),
    'phone_number': ('phoneSettings.phoneNumber', 'text'),
    'memo': ('memo', 'text'),
    'is_active': ('active', 'boolean'),
    'created_at': ('createdOn', 'instant'),
}) }}
