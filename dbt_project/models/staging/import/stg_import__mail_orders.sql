{{ stage_import('mail_orders') }}
