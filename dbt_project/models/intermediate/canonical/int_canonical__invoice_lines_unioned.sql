with {{ canonical_union('invoice_lines') }}
