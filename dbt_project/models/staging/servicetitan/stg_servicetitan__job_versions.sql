{{ stage_versions('servicetitan', 'jobs', 'job_id', {
    'status': '$.jobStatus',
    'modified_text': '$.modifiedOn',
}) }}
