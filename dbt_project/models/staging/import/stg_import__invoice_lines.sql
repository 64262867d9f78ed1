{{ stage_import('invoice_lines') }}
