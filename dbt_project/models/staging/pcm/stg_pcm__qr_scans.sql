{{ stage_records('pcm', 'qr_scans', key='scan_id', columns={
    'qr_code_id': ('qrCodeId', 'reference'),
    'order_id': ('orderID', 'reference'),
    'first_name': ('recipient.firstName', 'text'),
    'last_name': ('recipient.lastName', 'text'),
    'company': ('recipient.company', 'text'),
    'address': ('recipient.address', 'text'),
    'address_2': ('recipient.address2', 'text'),
    'city': ('recipient.city', 'text'),
    'state': ('recipient.state', 'text'),
    'postal_code': ('recipient.zipCode', 'text'),
    'external_reference': ('recipient.extRefNbr', 'text'),
    'scanned_at': ('scanDate', 'instant'),
}) }}
