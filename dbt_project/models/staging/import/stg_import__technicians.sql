{{ stage_import('technicians') }}
