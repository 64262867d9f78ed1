{{ stage_import('campaign_areas') }}
