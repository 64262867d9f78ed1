with {{ canonical_union('credentials') }}
