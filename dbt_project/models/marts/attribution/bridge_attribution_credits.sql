with models as (

    select
        model,
        window_label,
        window_days,
        is_headline
    from {{ ref('int_credit__models_listed') }}

),

lines_credited as (

    select
        model,
        window_label,
        invoice_line_key,
        job_key,
        position_key,
        credit_share,
        credit_cents
    from {{ ref('int_credit__lines_credited') }}

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
        mail_piece_key,
        touch_key,
        campaign_key,
        wave,
        channel,
        method,
        match_probability
    from {{ ref('int_credit__paths_built') }}

),

lines as (

    select
        invoice_line_key,
        job_key,
        net_cents
    from {{ ref('int_money__lines_built') }}
    where is_counted

),

jobs as (

    select
        job_key,
        account,
        location_key
    from {{ ref('int_jobs__keyed') }}

),

invoice_lines as (

    select
        invoice_line_key,
        account,
        location_key
    from {{ ref('fct_invoice_lines') }}

),

judged as (

    select
        job_key,
        state,
        is_eligible
    from {{ ref('int_jobs__judged') }}

),

campaigns as (

    select
        campaign_key,
        response_window_days
    from {{ ref('int_campaigns__described') }}

),

jobs_credited as (

    select
        model,
        window_label,
        job_key
    from shares
    group by
        model,
        window_label,
        job_key

),

invoiced_jobs as (

    select job_key
    from lines
    where job_key is not null
    group by job_key

),

-- Completed but not invoiced: the shares are known, the amount is not yet.
jobs_uninvoiced as (

    select
        judged.job_key,
        judged.is_eligible
    from judged
    left join invoiced_jobs
        on judged.job_key = invoiced_jobs.job_key
    where
        judged.state = 'Completed'
        and invoiced_jobs.job_key is null

),

credited as (

    select
        model,
        window_label,
        invoice_line_key,
        job_key,
        position_key,
        credit_share,
        credit_cents
    from lines_credited
    union all
    select
        shares.model,
        shares.window_label,
        cast(null as varchar) as invoice_line_key,
        shares.job_key,
        shares.position_key,
        shares.credit_share,
        cast(0 as bigint) as credit_cents
    from shares
    inner join jobs_uninvoiced
        on shares.job_key = jobs_uninvoiced.job_key

),

uncredited_units as (

    select
        lines.invoice_line_key,
        lines.job_key,
        case
            when lines.job_key is null then 'no job'
            when not judged.is_eligible then 'not eligible'
            else 'no touch in window'
        end as unattributed_reason,
        lines.net_cents as credit_cents
    from lines
    left join judged
        on lines.job_key = judged.job_key
    union all
    select
        cast(null as varchar) as invoice_line_key,
        job_key,
        case when is_eligible then 'no touch in window' else 'not eligible' end as unattributed_reason,
        cast(0 as bigint) as credit_cents
    from jobs_uninvoiced

),

uncredited as (

    select
        models.model,
        models.window_label,
        uncredited_units.invoice_line_key,
        uncredited_units.job_key,
        uncredited_units.unattributed_reason,
        uncredited_units.credit_cents
    from uncredited_units
    cross join models
    left join jobs_credited
        on models.model = jobs_credited.model
        and models.window_label = jobs_credited.window_label
        and uncredited_units.job_key = jobs_credited.job_key
    where jobs_credited.job_key is null

),

credits as (

    select
        credited.model,
        credited.window_label,
        credited.job_key,
        credited.invoice_line_key,
        credited.position_key,
        paths.mail_piece_key,
        paths.touch_key,
        paths.campaign_key,
        paths.wave,
        paths.channel,
        paths.method,
        cast(null as varchar) as unattributed_reason,
        credited.credit_share,
        credited.credit_cents,
        paths.match_probability
    from credited
    inner join paths
        on credited.job_key = paths.job_key
        and credited.window_label = paths.window_label
        and credited.position_key = paths.position_key
    union all
    select
        model,
        window_label,
        job_key,
        invoice_line_key,
        cast(null as varchar) as position_key,
        cast(null as varchar) as mail_piece_key,
        cast(null as varchar) as touch_key,
        cast(null as varchar) as campaign_key,
        cast(null as varchar) as wave,
        'unattributed' as channel,
        cast(null as varchar) as method,
        unattributed_reason,
        cast(1 as double) as credit_share,
        credit_cents,
        cast(null as double) as match_probability
    from uncredited

),

credits_completed as (

    select
        {{ surrogate_key([
            'coalesce(credits.invoice_line_key, credits.job_key)',
            'credits.model',
            'credits.window_label',
            'credits.position_key',
        ]) }} as credit_key,
        credits.model,
        credits.window_label,
        coalesce(invoice_lines.account, jobs.account) as account,
        coalesce(invoice_lines.location_key, jobs.location_key) as location_key,
        credits.job_key,
        credits.invoice_line_key,
        credits.mail_piece_key,
        credits.touch_key,
        credits.campaign_key,
        credits.wave,
        credits.channel,
        credits.unattributed_reason,
        credits.method,
        cast(coalesce(models.window_days, campaigns.response_window_days) as integer) as window_days,
        cast(credits.credit_share as double) as credit_share,
        {{ amount('credits.credit_cents') }} as credit_amount,
        cast(credits.match_probability as double) as match_probability,
        models.is_headline
    from credits
    inner join models
        on credits.model = models.model
        and credits.window_label = models.window_label
    left join jobs
        on credits.job_key = jobs.job_key
    left join invoice_lines
        on credits.invoice_line_key = invoice_lines.invoice_line_key
    left join campaigns
        on credits.campaign_key = campaigns.campaign_key

)

select * from credits_completed
