with lines_credited as (

    select
        model,
        window_label,
        job_key,
        position_key,
        cast(sum(credit_cents) as bigint) as net_cents
    from {{ ref('int_credit__lines_credited') }}
    group by
        model,
        window_label,
        job_key,
        position_key

),

shares as (

    select
        model,
        window_label,
        job_key,
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

jobs as (

    select
        job_key,
        collected_cents,
        margin_cents
    from {{ ref('int_money__jobs_summed') }}

),

shares_joined as (

    select
        shares.model,
        shares.window_label,
        shares.job_key,
        shares.position_key,
        paths.position_number,
        shares.credit_share,
        jobs.collected_cents,
        jobs.margin_cents
    from shares
    inner join paths
        on shares.job_key = paths.job_key
        and shares.window_label = paths.window_label
        and shares.position_key = paths.position_key
    inner join jobs
        on shares.job_key = jobs.job_key

),

-- What a job collected and earned is shared like its revenue, to the cent, by largest remainder.
shares_floored as (

    select
        model,
        window_label,
        job_key,
        position_key,
        position_number,
        credit_share,
        collected_cents,
        margin_cents,
        cast(floor(round(abs(collected_cents) * credit_share, 6)) as bigint) as collected_floor,
        cast(floor(round(abs(margin_cents) * credit_share, 6)) as bigint) as margin_floor
    from shares_joined

),

shares_ranked as (

    select
        model,
        window_label,
        job_key,
        position_key,
        credit_share,
        collected_cents,
        margin_cents,
        collected_floor,
        margin_floor,
        abs(collected_cents) - cast(sum(collected_floor) over job as bigint) as collected_left,
        abs(margin_cents) - cast(sum(margin_floor) over job as bigint) as margin_left,
        row_number() over (
            partition by job_key, model, window_label
            order by round(abs(collected_cents) * credit_share - collected_floor, 5) desc, position_number
        ) as collected_rank,
        row_number() over (
            partition by job_key, model, window_label
            order by round(abs(margin_cents) * credit_share - margin_floor, 5) desc, position_number
        ) as margin_rank
    from shares_floored
    window job as (partition by job_key, model, window_label)

),

job_credits_split as (

    select
        shares_ranked.model,
        shares_ranked.window_label,
        shares_ranked.job_key,
        shares_ranked.position_key,
        shares_ranked.credit_share,
        coalesce(lines_credited.net_cents, 0) as net_cents,
        cast(
            sign(shares_ranked.collected_cents) * (
                shares_ranked.collected_floor
                + case when shares_ranked.collected_rank <= shares_ranked.collected_left then 1 else 0 end
            ) as bigint
        ) as collected_cents,
        cast(
            sign(shares_ranked.margin_cents) * (
                shares_ranked.margin_floor
                + case when shares_ranked.margin_rank <= shares_ranked.margin_left then 1 else 0 end
            ) as bigint
        ) as margin_cents
    from shares_ranked
    left join lines_credited
        on shares_ranked.model = lines_credited.model
        and shares_ranked.window_label = lines_credited.window_label
        and shares_ranked.job_key = lines_credited.job_key
        and shares_ranked.position_key = lines_credited.position_key

)

select * from job_credits_split
