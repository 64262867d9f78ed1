{{ stage_import('credentials') }}
