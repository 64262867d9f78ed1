{{ stage_records('servicetitan', 'appointment_assignments', key='assignment_id', columns={
    'appointment_id': ('appointmentId', 'reference'),
    'job_id': ('jobId', 'reference'),
    'technician_id': ('technicianId', 'reference'),
    'status': ('status', 'text'),
    'is_paused': ('isPaused', 'boolean'),
    'assigned_at': ('assignedOn', 'instant'),
    'is_active': ('active', 'boolean'),
    'created_at': ('createdOn', 'instant'),
}) }}
