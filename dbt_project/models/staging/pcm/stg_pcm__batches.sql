{{ stage_records('pcm', 'batches', key='batch_id', columns={
    'status': ('status', 'text'),
    'invoice_url': ('invoiceURL', 'text'),
    'starts_processing_at': ('createdDate', 'instant'),
    'changed_at': ('lastModifiedDate', 'instant'),
}) }}
