{{ stage_import('timesheets') }}
