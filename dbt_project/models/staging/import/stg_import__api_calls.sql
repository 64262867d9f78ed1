{{ stage_import('api_calls') }}
