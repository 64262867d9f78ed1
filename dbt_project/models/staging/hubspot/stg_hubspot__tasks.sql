{{ stage_records('hubspot', 'tasks', key='task_id', columns={
    'subject': ('properties.hs_task_subject', 'text'),
    'status': ('properties.hs_task_status', 'word'),
    'task_type': ('properties.hs_task_type', 'word'),
    'owner_id': ('properties.hubspot_owner_id', 'text'),
    'due_at': ('properties.hs_timestamp', 'portal_instant'),
    'completed_at': ('properties.hs_task_completion_date', 'portal_instant'),
    'is_archived': ('archived', 'boolean'),
    'record_created_at': ('createdAt', 'portal_instant'),
    'record_updated_at': ('updatedAt', 'portal_instant'),
    'archived_at': ('archivedAt', 'portal_instant'),
}) }}
