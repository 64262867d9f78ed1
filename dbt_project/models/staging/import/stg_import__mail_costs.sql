{{ stage_import('mail_costs') }}
