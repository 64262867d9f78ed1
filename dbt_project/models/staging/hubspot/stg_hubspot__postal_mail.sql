{{ stage_records('hubspot', 'postal_mail', key='postal_mail_id', columns={
    'body': ('properties.hs_postal_mail_body', 'plain_text'),
    'owner_id': ('properties.hubspot_owner_id', 'text'),
    'mail_campaign_id': ('properties.mail_campaign_id', 'text'),
    'promo_code': ('properties.promo_code', 'text'),
    'occurred_at': ('properties.hs_timestamp', 'portal_instant'),
    'is_archived': ('archived', 'boolean'),
    'record_created_at': ('createdAt', 'portal_instant'),
    'record_updated_at': ('updatedAt', 'portal_instant'),
    'archived_at': ('archivedAt', 'portal_instant'),
}) }}
