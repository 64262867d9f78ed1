with paths as (

    select
        job_key,
        window_label,
        position_key,
        mail_piece_key,
        campaign_key,
        channel,
        evidence_rank,
        identity_rank,
        position_number,
        position_count,
        in_home_on,
        occurred_at,
        first_contact_at
    from {{ ref('int_credit__paths_built') }}

),

contacts as (

    select
        job_key,
        min(contact_at) as lead_at
    from {{ ref('int_jobs__contacts_linked') }}
    where kind in ('lead', 'booking', 'form', 'call')
    group by job_key

),

channel_effects as (

    select
        model,
        window_label,
        channel,
        effect
    from {{ ref('int_measurement__channel_effects_estimated') }}

),

run_context as (

    select half_life_days
    from {{ ref('stg_matchback__run_context') }}

),

-- The best piece by the order of evidence, once over all evidence and once over evidence 1 alone.
pieces_ranked as (

    select
        job_key,
        window_label,
        position_key,
        evidence_rank,
        row_number() over (
            partition by job_key, window_label
            order by evidence_rank, identity_rank, in_home_on desc nulls last, position_key
        ) as evidence_position
    from paths
    where channel = 'direct_mail'

),

positions as (

    select
        paths.job_key,
        paths.window_label,
        paths.position_key,
        paths.channel,
        paths.position_number,
        paths.position_count,
        coalesce(pieces_ranked.evidence_position = 1, false) as is_best_piece,
        coalesce(pieces_ranked.evidence_position = 1 and pieces_ranked.evidence_rank = 1, false) as is_coded_piece,
        paths.position_number = 1 as is_first,
        paths.position_number = paths.position_count as is_last,
        contacts.lead_at is not null as has_lead,
        -- The touch that made the lead is the last one before it; a path ends with first contact.
        contacts.lead_at is not null
        and paths.position_number = max(
            case when paths.occurred_at <= contacts.lead_at then paths.position_number else 1 end
        ) over (partition by paths.job_key, paths.window_label) as is_lead,
        power(
            2.0,
            -greatest({{ seconds_between('paths.occurred_at', 'paths.first_contact_at') }}, 0)
            / (86400.0 * run_context.half_life_days)
        ) as decay_weight
    from paths
    cross join run_context
    left join contacts
        on paths.job_key = contacts.job_key
    left join pieces_ranked
        on paths.job_key = pieces_ranked.job_key
        and paths.window_label = pieces_ranked.window_label
        and paths.position_key = pieces_ranked.position_key

),

w_slots as (

    select
        job_key,
        window_label,
        position_key,
        case when is_first then 0.3 else 0.0 end
        + case when is_lead then 0.3 else 0.0 end
        + case when is_last then 0.3 else 0.0 end as slot_weight,
        is_first or is_lead or is_last as has_slot
    from positions

),

w_weights as (

    select
        job_key,
        window_label,
        position_key,
        slot_weight + case
            when has_slot then 0.0
            else 0.1 / count(*) filter (where not has_slot) over (partition by job_key, window_label)
        end as weight
    from w_slots

),

weights as (

    {% for model, weight in [
        ('first', 'case when is_first then 1.0 else 0.0 end'),
        ('last', 'case when is_last then 1.0 else 0.0 end'),
        ('linear', '1.0'),
        ('position', 'case when position_count <= 2 then 1.0 when is_first or is_last then 0.4 else 0.2 / (position_count - 2) end'),
        ('time_decay', 'decay_weight'),
        ('deterministic', 'case when is_coded_piece then 1.0 else 0.0 end'),
        ('match_back', 'case when is_best_piece then 1.0 else 0.0 end'),
    ] -%}
    select
        '{{ model }}' as model,
        job_key,
        window_label,
        position_key,
        cast({{ weight }} as double) as weight
    from positions
    union all
    {% endfor -%}
    select
        'w_shaped' as model,
        job_key,
        window_label,
        position_key,
        cast(weight as double) as weight
    from w_weights
    union all
    select
        channel_effects.model,
        positions.job_key,
        positions.window_label,
        positions.position_key,
        channel_effects.effect as weight
    from positions
    inner join channel_effects
        on positions.window_label = channel_effects.window_label
        and positions.channel = channel_effects.channel

),

weights_summed as (

    select
        model,
        job_key,
        window_label,
        position_key,
        greatest(weight, 0) as weight,
        sum(cast(round(greatest(weight, 0) * 1000000000000) as hugeint))
            over (partition by model, job_key, window_label) as weight_sum
    from weights

),

-- Shares from integers of 10^-12, so that the sum is the same on every run whatever the order of the rows.
shares_computed as (

    select
        model,
        job_key,
        window_label,
        position_key,
        round(weight * 1000000000000) / cast(weight_sum as double) as credit_share
    from weights_summed
    where
        weight > 0
        and weight_sum > 0

)

select * from shares_computed
