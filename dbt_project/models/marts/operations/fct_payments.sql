with

payments as (

    select
        source,
        account,
        payment_id,
        invoice_id,
        amount_cents,
        paid_at,
        known_at
    from {{ ref('int_canonical__payments_unioned') }}
    where not is_deleted

),

invoices as (

    select
        invoice_key,
        job_key,
        customer_key,
        location_key
    from {{ ref('fct_invoices') }}

),

account_locations as (

    select
        source,
        account,
        division,
        location_key
    from {{ ref('int_operations__divisions_located') }}

),

final as (

    select
        {{ surrogate_key([
            'payments.source',
            'payments.account',
            'payments.payment_id',
            'payments.invoice_id'
        ]) }} as payment_key,
        payments.source,
        payments.account,
        {{ masked_text('payments.payment_id') }} as payment_id,
        {{ masked_text('payments.invoice_id') }} as invoice_id,
        case
            when payments.invoice_id is not null
                then {{ surrogate_key([
            'payments.source',
            'payments.account',
            'payments.invoice_id'
        ]) }}
        end as invoice_key,
        invoices.job_key,
        invoices.customer_key,
        coalesce(
            invoices.location_key,
            account_locations.location_key,
            'main'
        ) as location_key,
        {{ amount('payments.amount_cents') }} as amount,
        {{ local_date('payments.paid_at') }} as paid_on,
        {{ local_date('payments.known_at') }} as known_on,
        payments.paid_at,
        payments.known_at
    from payments
    left join invoices
        on {{ surrogate_key([
            'payments.source',
            'payments.account',
            'payments.invoice_id'
        ]) }} = invoices.invoice_key
    left join account_locations
        on payments.source = account_locations.source
        and payments.account = account_locations.account
        and account_locations.division is null

)

select * from final
