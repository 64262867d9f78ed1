with {{ canonical_union('appointments') }}
