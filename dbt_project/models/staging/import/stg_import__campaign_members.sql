{{ stage_import('campaign_members') }}
