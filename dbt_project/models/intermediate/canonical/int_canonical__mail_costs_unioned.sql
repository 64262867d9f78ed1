with {{ canonical_union('mail_costs') }}
