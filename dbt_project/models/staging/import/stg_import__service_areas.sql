{{ stage_import('service_areas') }}
