with {{ canonical_union('api_calls') }}
