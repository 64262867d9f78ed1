{{ stage_records('pcm', 'balances', key='balance_id', columns={
    'money_on_account_cents': ('moneyOnAccount', 'rounded_cents'),
}) }}
