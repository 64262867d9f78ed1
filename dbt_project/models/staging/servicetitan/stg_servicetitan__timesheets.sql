{{ stage_records('servicetitan', 'timesheets', key='timesheet_id', columns={
    'job_id': ('jobId', 'reference'),
    'appointment_id': ('appointmentId', 'reference'),
    'technician_id': ('technicianId', 'reference'),
    'is_active': ('active', 'boolean'),
    'dispatched_at': ('dispatchedOn', 'instant'),
    'arrived_at': ('arrivedOn', 'instant'),
    'cancelled_at': ('canceledOn', 'instant'),
    'done_at': ('doneOn', 'instant'),
}) }}
