with {{ canonical_union('jobs') }}
