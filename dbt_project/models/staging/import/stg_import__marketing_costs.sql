{{ stage_import('marketing_costs') }}
