{{ stage_import('customers') }}
