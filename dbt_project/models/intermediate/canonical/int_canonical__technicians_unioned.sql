with {{ canonical_union('technicians') }}
