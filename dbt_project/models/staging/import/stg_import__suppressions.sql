{{ stage_import('suppressions') }}
