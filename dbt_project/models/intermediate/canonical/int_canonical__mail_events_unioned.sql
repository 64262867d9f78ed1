with {{ canonical_union('mail_events') }}
