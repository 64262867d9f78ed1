{{ stage_records('servicetitan', 'campaigns', key='campaign_id', columns={
    'name': ('name', 'text'),
    'category': ('category.name', 'text'),
    'campaign_source': ('source', 'text'),
    'other_source': ('otherSource', 'text'),
    'medium': ('medium', 'text'),
    'other_medium': ('otherMedium', 'text'),
    'business_unit': ('businessUnit', 'text'),
    'phone_numbers': ('campaignPhoneNumbers', 'texts'),
    'is_active': ('active', 'boolean'),
    'created_at': ('createdOn', 'instant'),
}) }}
