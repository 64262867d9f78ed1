{{ stage_records('pcm', 'qr_codes', key='qr_code_id', columns={
    'url': ('url', 'text'),
    'total_scans': ('totalScans', 'integer'),
}) }}
