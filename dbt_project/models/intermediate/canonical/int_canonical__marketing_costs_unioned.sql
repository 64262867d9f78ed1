with {{ canonical_union('marketing_costs') }}
