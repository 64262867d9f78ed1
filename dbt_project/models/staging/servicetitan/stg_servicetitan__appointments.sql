{{ stage_records('servicetitan', 'appointments', key='appointment_id', columns={
    'job_id': ('jobId', 'reference'),
    'customer_id': ('customerId', 'reference'),
    'appointment_number': ('appointmentNumber', 'text'),
    'status': ('status', 'text'),
    'is_unused': ('unused', 'boolean'),
    'is_active': ('active', 'boolean'),
    'starts_at': ('start', 'instant'),
    'ends_at': ('end', 'instant'),
    'arrival_window_starts_at': ('arrivalWindowStart', 'instant'),
    'arrival_window_ends_at': ('arrivalWindowEnd', 'instant'),
    'created_at': ('createdOn', 'instant'),
}) }}
