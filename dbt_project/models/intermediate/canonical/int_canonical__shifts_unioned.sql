with {{ canonical_union('shifts') }}
