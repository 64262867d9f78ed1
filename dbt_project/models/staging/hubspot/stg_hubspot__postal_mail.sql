{{ stage_records('hubspot', 'postal_mail', key='postal_mail_id', columns={
    'body': ('properties.hs_postal_mail_body', 'plain_text'),
    'owner_id': ('properties.hubspot_owner_id', 'text'),
    'mail_campaign_id': ('properties.mail_campaign_id', 'text'),
    'promo_code': ('properties.promo_code', 'text'),
    'occurred_at': ('properties.hs_timestamp', 'instant'),
    'is_archived': ('archived', 'boolean'),
    'record_created_at': ('createdAt', 'instant'),
    'record_updated_at': ('updatedAt', 'instant'),
    'archived_at': ('archivedAt', 'instant'),
}) }}
