with {{ canonical_union('campaign_members') }}
