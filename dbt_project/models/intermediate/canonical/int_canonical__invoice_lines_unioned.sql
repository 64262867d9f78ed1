with roots as (

    select
        account,
        invoice_id,
        root_invoice_id
    from {{ ref('int_canonical__invoices_rooted') }}

),

-- Items of an adjustment are lines of the invoice it adjusts; a void adjustment adjusts nothing.
servicetitan as (

    select
        items.source,
        items.account,
        roots.root_invoice_id as invoice_id,
        concat(
            case when roots.root_invoice_id != items.invoice_id then concat(items.invoice_id, ':') end,
            {{ line_id_of('items', 'item_id', 'item-') }}
        ) as line_id,
        case items.item_type
            when 'service' then 'labor'
            when 'material' then 'material'
            when 'equipment' then 'equipment'
            when 'pricemodifier' then case when items.amount_cents < 0 then 'discount' else 'fee' end
            else 'other'
        end as kind,
        coalesce(items.name, items.description, items.sku_name) as description,
        items.quantity,
        items.amount_cents,
        items.cost_cents,
        {{ version_columns('items') }}
    from {{ ref('stg_servicetitan__invoice_items') }} as items
    inner join roots
        on items.account = roots.account
        and items.invoice_id = roots.invoice_id
    where
        roots.root_invoice_id = items.invoice_id
        or (not items.is_deleted and coalesce(items.is_active, true))

),

quickbooks as (

    select
        lines.source,
        lines.account,
        lines.invoice_id,
        {{ line_id_of('lines', 'line_id', 'line-') }} as line_id,
        case
            when lines.detail_type = 'DiscountLineDetail' then 'discount'
            when regexp_matches({{ normalised_word('lines.item_name') }}, '(^| )deposit( |$)') then 'deposit'
            when regexp_matches({{ normalised_word('lines.item_name') }}, '(^| )(labor|labour|service|services)( |$)') then 'labor'
            when regexp_matches({{ normalised_word('lines.item_name') }}, '(^| )(material|materials|parts)( |$)') then 'material'
            when regexp_matches({{ normalised_word('lines.item_name') }}, '(^| )equipment( |$)') then 'equipment'
            when regexp_matches({{ normalised_word('lines.item_name') }}, '(^| )discount( |$)') then 'discount'
            else 'other'
        end as kind,
        coalesce(lines.description, lines.item_name) as description,
        lines.quantity,
        case when lines.detail_type = 'DiscountLineDetail' then -abs(lines.amount_cents) else lines.amount_cents end
            as amount_cents,
        lines.currency_code,
        {{ version_columns('lines') }}
    from {{ ref('stg_quickbooks__invoice_lines') }} as lines
    where
        lines.detail_type not in ('SubTotalLineDetail', 'DescriptionOnly', 'DescriptionLineDetail', 'TaxLineDetail')
        and lines.amount_cents is not null

),

-- Lines are in the currency of their invoice unless they say otherwise.
{{ canonical_union('invoice_lines', vendors=['servicetitan', 'quickbooks']) }}
