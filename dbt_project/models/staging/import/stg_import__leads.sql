{{ stage_import('leads') }}
