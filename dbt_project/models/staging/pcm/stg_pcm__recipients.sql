{{ stage_records('pcm', 'recipients', key='recipient_record_id', columns={
    'order_id': ('orderID', 'reference'),
    'batch_id': ('batchID', 'reference'),
    'first_name': ('recipient.firstName', 'text'),
    'last_name': ('recipient.lastName', 'text'),
    'company': ('recipient.company', 'text'),
    'address': ('recipient.address', 'text'),
    'address_2': ('recipient.address2', 'text'),
    'city': ('recipient.city', 'text'),
    'state': ('recipient.state', 'text'),
    'postal_code': ('recipient.zipCode', 'text'),
    'external_reference': ('recipient.extRefNbr', 'text'),
    'undeliverable_reason': ('recipient.undeliverableReason', 'text'),
    'status': ('recipient.status', 'text'),
    'is_undeliverable': ('recipient.undeliverable', 'boolean'),
}, nested={
    'variables': ('recipient.variables', {
        'key': 'VARCHAR',
        'value': 'VARCHAR',
    }),
}) }}
