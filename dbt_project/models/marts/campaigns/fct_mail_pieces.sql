with keyed as (

    select
        mail_piece_key,
        source,
        account,
        location_key,
        mail_piece_id,
        campaign_key,
        wave,
        cell,
        customer_key,
        household_key,
        trigger_job_key,
        mail_class,
        postal_code
    from {{ ref('int_mail__pieces_keyed') }}

),

tracked as (

    select
        mail_piece_key,
        status,
        return_reason,
        in_home_method,
        is_in_home_estimated,
        is_mailed,
        posted_on,
        in_home_on,
        window_starts_on,
        queued_at,
        sent_at,
        delivered_at,
        returned_at,
        cancelled_at
    from {{ ref('int_mail__pieces_tracked') }}

),

responses as (

    select
        mail_piece_key,
        first_responded_at
    from {{ ref('int_mail__responses_found') }}

),

costs as (

    select
        mail_piece_key,
        cost_basis,
        cost_cents
    from {{ ref('int_mail__costs_spread') }}

),

mail_pieces as (

    select
        keyed.mail_piece_key,
        keyed.source,
        keyed.account,
        keyed.location_key,
        keyed.mail_piece_id,
        keyed.campaign_key,
        keyed.wave,
        keyed.cell,
        keyed.customer_key,
        keyed.household_key,
        keyed.trigger_job_key,
        tracked.status,
        keyed.mail_class,
        keyed.postal_code,
        tracked.return_reason,
        tracked.in_home_method,
        costs.cost_basis,
        {{ amount('costs.cost_cents') }} as cost_amount,
        tracked.is_mailed,
        tracked.is_in_home_estimated,
        tracked.posted_on as mailed_on,
        tracked.in_home_on,
        tracked.window_starts_on,
        tracked.queued_at,
        tracked.sent_at,
        tracked.delivered_at,
        tracked.returned_at,
        tracked.cancelled_at,
        responses.first_responded_at,
        {{ local_date('tracked.queued_at') }} as queued_on,
        {{ local_date('tracked.sent_at') }} as sent_on,
        {{ local_date('tracked.delivered_at') }} as delivered_on,
        {{ local_date('tracked.returned_at') }} as returned_on,
        {{ local_date('tracked.cancelled_at') }} as cancelled_on,
        {{ local_date('responses.first_responded_at') }} as first_responded_on
    from keyed
    inner join tracked
        on keyed.mail_piece_key = tracked.mail_piece_key
    left join responses
        on keyed.mail_piece_key = responses.mail_piece_key
    left join costs
        on keyed.mail_piece_key = costs.mail_piece_key

)

select * from mail_pieces
