{{ stage_import('campaigns') }}
