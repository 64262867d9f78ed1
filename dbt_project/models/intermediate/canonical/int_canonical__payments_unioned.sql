with {{ canonical_union('payments') }}
