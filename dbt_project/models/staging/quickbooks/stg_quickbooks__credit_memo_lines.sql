{{ stage_nested('stg_quickbooks__credit_memos', 'lines', ['credit_memo_id', 'currency_code'], {
    'line_id': ('Id', 'id'),
    'description': ('Description', 'text'),
    'detail_type': ('DetailType', 'text'),
    'item_name': ('SalesItemLineDetail.ItemRef.name', 'text'),
    'quantity': ('SalesItemLineDetail.Qty', 'decimal'),
    'amount_cents': ('Amount', 'cents'),
}) }}
