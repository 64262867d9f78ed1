{{ staged_rejects([
    'stg_quickbooks__customers',
    'stg_quickbooks__invoices',
    'stg_quickbooks__payments',
    'stg_quickbooks__credit_memos',
    'stg_quickbooks__refund_receipts',
    'stg_quickbooks__purchase_orders',
    'stg_quickbooks__company_info',
    'stg_quickbooks__invoice_lines',
    'stg_quickbooks__payment_lines',
    'stg_quickbooks__credit_memo_lines',
    'stg_quickbooks__refund_receipt_lines',
]) }}
