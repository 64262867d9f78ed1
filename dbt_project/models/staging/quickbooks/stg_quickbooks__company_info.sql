{{ stage_records('quickbooks', 'company_info', key='company_id', columns={
    'name': ('CompanyName', 'text'),
    'legal_name': ('LegalName', 'text'),
    'country': ('Country', 'text'),
    'stub_status': ('status', 'text'),
    'created_at': ('MetaData.CreateTime', 'instant'),
    'changed_at': ('MetaData.LastUpdatedTime', 'instant'),
}) }}
