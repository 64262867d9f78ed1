{{ stage_import('estimates') }}
