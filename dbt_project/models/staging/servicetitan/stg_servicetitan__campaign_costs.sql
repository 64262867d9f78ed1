{{ stage_records('servicetitan', 'campaign_costs', key='campaign_cost_id', columns={
    'campaign_id': ('campaignId', 'reference'),
    'daily_cost': ('dailyCost', 'decimal'),
    'cost_year': ('year', 'integer'),
    'cost_month': ('month', 'integer'),
}) }}
