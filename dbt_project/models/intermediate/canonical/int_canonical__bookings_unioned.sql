with {{ canonical_union('bookings') }}
