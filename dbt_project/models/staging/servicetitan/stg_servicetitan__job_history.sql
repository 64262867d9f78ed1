{{ stage_records('servicetitan', 'job_history', key='job_id', columns={
}, nested={
    'history': ('history', {
        'id': 'VARCHAR',
        'eventType': 'VARCHAR',
        'date': 'VARCHAR',
    }),
}) }}
