with {{ canonical_union('service_areas') }}
