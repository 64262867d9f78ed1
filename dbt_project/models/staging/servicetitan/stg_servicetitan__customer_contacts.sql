{{ stage_records('servicetitan', 'customer_contacts', key='contact_id', columns={
    'customer_id': ('customerId', 'reference'),
    'contact_type': ('type', 'word'),
    'contact_value': ('value', 'text'),
    'phone_number': ('phoneSettings.phoneNumber', 'text'),
    'memo': ('memo', 'text'),
    'is_active': ('active', 'boolean'),
    'created_at': ('createdOn', 'instant'),
}) }}
