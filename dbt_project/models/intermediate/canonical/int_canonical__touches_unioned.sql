with {{ canonical_union('touches') }}
