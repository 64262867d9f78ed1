with {{ canonical_union('suppressions') }}
