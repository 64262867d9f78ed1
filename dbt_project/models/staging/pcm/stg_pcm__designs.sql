{{ stage_records('pcm', 'designs', key='design_id', columns={
    'name': ('friendlyName', 'text'),
    'product_type': ('productType', 'text'),
    'size': ('size.key', 'text'),
    'mail_classes': ('mailClasses', 'list'),
}) }}
