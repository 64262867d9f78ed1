with {{ canonical_union('credits') }}
