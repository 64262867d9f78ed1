{{ stage_import('touches') }}
