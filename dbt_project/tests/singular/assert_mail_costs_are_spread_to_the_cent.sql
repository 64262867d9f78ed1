{{ config(meta={'dagster': {'ref': {'name': 'int_mail__costs_spread'}}}) }}
-- Costs that were assigned = what pieces carry (rate card aside) + what hangs on no piece.
with assigned as (

    select coalesce(sum(amount_cents), 0) as cents
    from {{ ref('int_mail__costs_assigned') }}
    where
        campaign_key is not null
        or mail_piece_key is not null
        or mail_order_id is not null

),

on_pieces as (

    select coalesce(sum(cost_cents), 0) as cents
    from {{ ref('int_mail__costs_spread') }}
    where cost_basis = 'cost'

),

priced as (

    select count(*) as piece_count
    from {{ ref('int_mail__costs_spread') }}
    where cost_basis = 'rate card'

),

unspread as (

    select coalesce(sum(cost_cents), 0) as cents
    from {{ ref('int_mail__costs_unspread') }}

)

select
    assigned.cents as assigned_cents,
    on_pieces.cents as piece_cents,
    unspread.cents as unspread_cents
from assigned
cross join on_pieces
cross join unspread
cross join priced
where
    priced.piece_count = 0
    and assigned.cents <> on_pieces.cents + unspread.cents
