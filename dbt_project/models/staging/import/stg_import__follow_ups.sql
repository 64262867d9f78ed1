{{ stage_import('follow_ups') }}
