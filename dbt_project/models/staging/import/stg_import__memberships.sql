{{ stage_import('memberships') }}
