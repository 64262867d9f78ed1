{{ stage_import('jobs') }}
