with {{ canonical_union('memberships') }}
