with {{ canonical_union('estimates') }}
