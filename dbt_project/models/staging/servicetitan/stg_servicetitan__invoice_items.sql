{{ stage_nested('stg_servicetitan__invoices', 'items', ['invoice_id', 'adjustment_to_id', 'is_active'], {
    'item_id': ('id', 'id'),
    'item_type': ('type', 'word'),
    'name': ('displayName', 'text'),
    'sku_name': ('skuName', 'text'),
    'description': ('description', 'plain_text'),
    'quantity': ('quantity', 'decimal'),
    'amount_cents': ('total', 'cents'),
    'cost_cents': ('totalCost', 'rounded_cents'),
}) }}
