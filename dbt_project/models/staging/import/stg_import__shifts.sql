{{ stage_import('shifts') }}
