{{ stage_import('payments') }}
