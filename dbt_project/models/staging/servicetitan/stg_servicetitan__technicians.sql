{{ stage_records('servicetitan', 'technicians', key='technician_id', columns={
    'name': ('name', 'text'),
    'team': ('team', 'text'),
    'business_unit_id': ('businessUnitId', 'reference'),
    'hourly_cost_cents': ('hourlyRate', 'rounded_cents'),
    'burden_cost_cents': ('burdenRate', 'rounded_cents'),
    'is_active': ('active', 'boolean'),
    'created_at': ('createdOn', 'instant'),
}) }}
