{{ stage_records('hubspot', 'tasks', key='task_id', columns={
    'subject': ('properties.hs_task_subject', 'text'),
    'status': ('properties.hs_task_status', 'word'),
    'task_type': ('properties.hs_task_type', 'word'),
    'owner_id': ('properties.hubspot_owner_id', 'text'),
    'due_at': ('properties.hs_timestamp', 'instant'),
    'completed_at': ('properties.hs_task_completion_date', 'instant'),
    'is_archived': ('archived', 'boolean'),
    'record_created_at': ('createdAt', 'instant'),
    'record_updated_at': ('updatedAt', 'instant'),
    'archived_at': ('archivedAt', 'instant'),
}) }}
