with {{ canonical_union('leads') }}
