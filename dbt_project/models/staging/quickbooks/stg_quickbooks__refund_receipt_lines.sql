{{ stage_nested('stg_quickbooks__refund_receipts', 'lines', ['refund_receipt_id', 'currency_code'], {
    'line_id': ('Id', 'id'),
    'description': ('Description', 'text'),
    'detail_type': ('DetailType', 'text'),
    'item_name': ('SalesItemLineDetail.ItemRef.name', 'text'),
    'quantity': ('SalesItemLineDetail.Qty', 'decimal'),
    'amount_cents': ('Amount', 'cents'),
}) }}
