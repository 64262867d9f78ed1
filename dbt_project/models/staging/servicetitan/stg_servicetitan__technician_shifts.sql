{{ stage_records('servicetitan', 'technician_shifts', key='shift_id', columns={
    'technician_id': ('technicianId', 'reference'),
    'shift_type': ('shiftType', 'text'),
    'title': ('title', 'text'),
    'note': ('note', 'text'),
    'is_active': ('active', 'boolean'),
    'starts_at': ('start', 'instant'),
    'ends_at': ('end', 'instant'),
}) }}
