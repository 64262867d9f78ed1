{{ stage_records('servicetitan', 'locations', key='location_id', columns={
    'customer_id': ('customerId', 'reference'),
    'name': ('name', 'text'),
    'street': ('address.street', 'text'),
    'unit': ('address.unit', 'text'),
    'city': ('address.city', 'text'),
    'state': ('address.state', 'text'),
    'postal_code': ('address.zip', 'text'),
    'country': ('address.country', 'text'),
    'merged_into_id': ('mergedToId', 'reference'),
    'is_active': ('active', 'boolean'),
    'created_at': ('createdOn', 'instant'),
}) }}
