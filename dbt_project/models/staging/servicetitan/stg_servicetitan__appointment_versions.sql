{{ stage_versions('servicetitan', 'appointments', 'appointment_id', {
    'starts_text': '$.start',
    'window_starts_text': '$.arrivalWindowStart',
    'ends_text': '$.end',
    'window_ends_text': '$.arrivalWindowEnd',
}) }}
