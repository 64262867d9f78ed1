{{ stage_import('invoices') }}
