{{ staged_rejects([
    'stg_hubspot__contacts',
    'stg_hubspot__companies',
    'stg_hubspot__deals',
    'stg_hubspot__owners',
    'stg_hubspot__associations',
    'stg_hubspot__postal_mail',
    'stg_hubspot__calls',
    'stg_hubspot__tasks',
]) }}
