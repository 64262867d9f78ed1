{{ stage_nested('stg_quickbooks__payments', 'lines', ['payment_id', 'customer_id', 'currency_code', 'paid_on'], {
    'amount_cents': ('Amount', 'cents'),
}, nested={'linked_transactions': 'LinkedTxn'}) }}
