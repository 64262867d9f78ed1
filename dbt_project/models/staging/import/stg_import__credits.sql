{{ stage_import('credits') }}
