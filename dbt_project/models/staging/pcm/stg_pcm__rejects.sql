{{ staged_rejects([
    'stg_pcm__designs',
    'stg_pcm__batches',
    'stg_pcm__orders',
    'stg_pcm__recipients',
    'stg_pcm__undeliverables',
    'stg_pcm__mail_tracking',
    'stg_pcm__qr_codes',
    'stg_pcm__qr_scans',
    'stg_pcm__balances',
]) }}
