with {{ canonical_union('invoices') }}
