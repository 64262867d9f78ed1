with {{ canonical_union('follow_ups') }}
