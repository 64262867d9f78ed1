with lines as (

    select
        invoice_line_key,
        job_key,
        net_cents
    from {{ ref('int_money__lines_built') }}
    where
        is_counted
        and job_key is not null

),

shares as (

    select
        model,
        job_key,
        window_label,
        position_key,
        credit_share
    from {{ ref('int_credit__shares_computed') }}

),

paths as (

    select
        job_key,
        window_label,
        position_key,
        position_number
    from {{ ref('int_credit__paths_built') }}

),

shares_ordered as (

    select
        shares.model,
        shares.job_key,
        shares.window_label,
        shares.position_key,
        shares.credit_share,
        paths.position_number
    from shares
    inner join paths
        on shares.job_key = paths.job_key
        and shares.window_label = paths.window_label
        and shares.position_key = paths.position_key

),

-- Largest remainder on |amount|, the sign put back; a tie goes to the earlier touch.
lines_floored as (

    select
        shares_ordered.model,
        shares_ordered.window_label,
        lines.invoice_line_key,
        lines.job_key,
        shares_ordered.position_key,
        shares_ordered.position_number,
        shares_ordered.credit_share,
        lines.net_cents,
        cast(floor(round(abs(lines.net_cents) * shares_ordered.credit_share, 6)) as bigint) as floor_cents,
        round(abs(lines.net_cents) * shares_ordered.credit_share, 6)
        - floor(round(abs(lines.net_cents) * shares_ordered.credit_share, 6)) as remainder
    from lines
    inner join shares_ordered
        on lines.job_key = shares_ordered.job_key

),

lines_ranked as (

    select
        model,
        window_label,
        invoice_line_key,
        job_key,
        position_key,
        credit_share,
        net_cents,
        floor_cents,
        abs(net_cents) - cast(sum(floor_cents) over line as bigint) as cents_left,
        row_number() over (
            partition by invoice_line_key, model, window_label
            order by round(remainder, 5) desc, position_number
        ) as remainder_rank
    from lines_floored
    window line as (partition by invoice_line_key, model, window_label)

),

lines_credited as (

    select
        model,
        window_label,
        invoice_line_key,
        job_key,
        position_key,
        credit_share,
        cast(
            sign(net_cents) * (floor_cents + case when remainder_rank <= cents_left then 1 else 0 end)
            as bigint
        ) as credit_cents
    from lines_ranked

)

select * from lines_credited
