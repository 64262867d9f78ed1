{{ stage_records('hubspot', 'associations', key='association_id', columns={
    'from_type': ('from_type', 'text'),
    'from_id': ('from_id', 'text'),
    'to_type': ('to_type', 'text'),
    'to_id': ('to_id', 'text'),
}) }}
