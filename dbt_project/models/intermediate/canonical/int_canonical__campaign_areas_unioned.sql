with {{ canonical_union('campaign_areas') }}
