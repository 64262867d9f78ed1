{{ stage_import('mail_events') }}
