with credits as (

    select
        campaign_key,
        wave,
        model,
        window_label,
        job_key,
        previous_nano_share,
        nano_change,
        net_change_cents,
        collected_change_cents,
        margin_change_cents
    from {{ ref('int_credit__credits_compared') }}

),

jobs as (

    select
        job_key,
        is_new_job,
        is_gone,
        is_identity_changed,
        refund_cents,
        cancellation_cents,
        void_cents,
        invoice_cents,
        rematched_cents,
        collected_cents,
        margin_cents,
        collected_cause,
        margin_cause
    from {{ ref('int_credit__job_changes_explained') }}

),

windows as (

    select
        campaign_key,
        wave,
        window_label,
        is_rule_changed
    from {{ ref('int_credit__windows_compared') }}

),

-- Why a share of credit changed. Where it did not change, all of the difference is the job's own.
credits_explained as (

    select
        credits.campaign_key,
        credits.wave,
        credits.model,
        credits.window_label,
        credits.previous_nano_share / 1000000000.0 as previous_share,
        credits.nano_change,
        credits.net_change_cents,
        credits.collected_change_cents,
        credits.margin_change_cents,
        jobs.refund_cents,
        jobs.cancellation_cents,
        jobs.void_cents,
        jobs.invoice_cents,
        jobs.rematched_cents,
        jobs.collected_cents,
        jobs.margin_cents,
        jobs.collected_cause,
        jobs.margin_cause,
        jobs.is_new_job,
        case
            when jobs.is_new_job then 'new job'
            when jobs.is_gone then 'cancellation'
            when jobs.is_identity_changed then 'identity change'
            when windows.is_rule_changed then 'rule change'
            when credits.model in ('markov', 'shapley') then 'model refit'
            else 're-match'
        end as share_cause
    from credits
    inner join jobs
        on credits.job_key = jobs.job_key
    inner join windows
        on credits.campaign_key = windows.campaign_key
        and credits.wave = windows.wave
        and credits.window_label = windows.window_label

),

-- The job's own change at the share it had before.
{% set at_share = "cast(round(previous_share * %s, 0) as bigint)" -%}
own_changes as (

    {% for column, cause in [
        ('refund_cents', 'refund'), ('cancellation_cents', 'cancellation'), ('void_cents', 'void'),
        ('invoice_cents', 'late invoice'), ('rematched_cents', 're-match'),
    ] -%}
    select
        campaign_key,
        wave,
        model,
        window_label,
        'net_revenue' as measure,
        '{{ cause }}' as cause,
        {{ at_share % column }} as change
    from credits_explained
    where
        not is_new_job
        and {{ column }} <> 0
    union all
    {% endfor -%}
    {% for measure in ['collected', 'margin'] -%}
    select
        campaign_key,
        wave,
        model,
        window_label,
        '{{ measure }}' as measure,
        {{ measure }}_cause as cause,
        case
            when nano_change = 0 then {{ measure }}_change_cents
            else {{ at_share % (measure ~ '_cents') }}
        end as change
    from credits_explained
    where not is_new_job
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- The rest: a new job, or another share of a known one. A cent that rounding left over with an unchanged share
-- belongs to what moved the lines.
rests as (

    select
        campaign_key,
        wave,
        model,
        window_label,
        'jobs' as measure,
        share_cause as cause,
        nano_change as change
    from credits_explained
    union all
    select
        campaign_key,
        wave,
        model,
        window_label,
        'net_revenue' as measure,
        case
            when nano_change <> 0 or is_new_job then share_cause
            when invoice_cents <> 0 then 'late invoice'
            when refund_cents <> 0 then 'refund'
            when void_cents <> 0 then 'void'
            when cancellation_cents <> 0 then 'cancellation'
            else 're-match'
        end as cause,
        net_change_cents - case
            when is_new_job then 0
            else {% for column in ['refund_cents', 'cancellation_cents', 'void_cents', 'invoice_cents', 'rematched_cents'] -%}
                {{ at_share % column }}{{ ' + ' if not loop.last }}
            {%- endfor %}
        end as change
    from credits_explained
    {% for measure in ['collected', 'margin'] -%}
    union all
    select
        campaign_key,
        wave,
        model,
        window_label,
        '{{ measure }}' as measure,
        share_cause as cause,
        case
            when is_new_job then {{ measure }}_change_cents
            when nano_change = 0 then 0
            else {{ measure }}_change_cents - {{ at_share % (measure ~ '_cents') }}
        end as change
    from credits_explained
    {% endfor %}
),

changes_unioned as (

    select
        campaign_key,
        wave,
        model,
        window_label,
        measure,
        cause,
        change
    from own_changes
    union all
    select
        campaign_key,
        wave,
        model,
        window_label,
        measure,
        cause,
        change
    from rests

),

changes_explained as (

    select
        campaign_key,
        wave,
        model,
        window_label,
        measure,
        cause,
        cast(sum(change) as bigint) as change
    from changes_unioned
    group by
        campaign_key,
        wave,
        model,
        window_label,
        measure,
        cause
    having sum(change) <> 0

)

select * from changes_explained
