{{ stage_import('appointments') }}
