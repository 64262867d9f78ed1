{{ stage_import('bookings') }}
