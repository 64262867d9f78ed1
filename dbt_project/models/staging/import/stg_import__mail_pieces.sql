{{ stage_import('mail_pieces') }}
