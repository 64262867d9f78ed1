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

-- What is the same for every model and window is put on before the rows are multiplied.
uncredited_units as (

    select
        lines.invoice_line_key,
        lines.job_key,
        invoice_lines.account,
        invoice_lines.location_key,
        case
            when lines.job_key is null then 'no job'
            when not judged.is_eligible then 'not eligible'
            else 'no touch in window'
        end as unattributed_reason,
        {{ amount('lines.net_cents') }} as credit_amount
    from lines
    inner join invoice_lines
        on lines.invoice_line_key = invoice_lines.invoice_line_key
    left join judged
        on lines.job_key = judged.job_key
    union all
    select
        cast(null as varchar) as invoice_line_key,
        jobs_uninvoiced.job_key,
        jobs.account,
        jobs.location_key,
        case when jobs_uninvoiced.is_eligible then 'no touch in window' else 'not eligible' end
            as unattributed_reason,
        cast(0 as decimal(18, 2)) as credit_amount
    from jobs_uninvoiced
    inner join jobs
        on jobs_uninvoiced.job_key = jobs.job_key

),

ever_credited as (

    select job_key
    from jobs_credited
    group by job_key

),

units_judged as (

    select
        uncredited_units.invoice_line_key,
        uncredited_units.job_key,
        uncredited_units.account,
        uncredited_units.location_key,
        uncredited_units.unattributed_reason,
        uncredited_units.credit_amount,
        ever_credited.job_key is not null as is_ever_credited
    from uncredited_units
    left join ever_credited
        on uncredited_units.job_key = ever_credited.job_key

),

-- Most jobs have no touch at all: only the others are looked up model by model.
uncredited as (

    select
        models.model,
        models.window_label,
        models.window_days,
        models.is_headline,
        units_judged.invoice_line_key,
        units_judged.job_key,
        units_judged.account,
        units_judged.location_key,
        units_judged.unattributed_reason,
        units_judged.credit_amount
    from units_judged
    cross join models
    where not units_judged.is_ever_credited
    union all
    select
        models.model,
        models.window_label,
        models.window_days,
        models.is_headline,
        units_judged.invoice_line_key,
        units_judged.job_key,
        units_judged.account,
        units_judged.location_key,
        units_judged.unattributed_reason,
        units_judged.credit_amount
    from units_judged
    cross join models
    left join jobs_credited
        on models.model = jobs_credited.model
        and models.window_label = jobs_credited.window_label
        and units_judged.job_key = jobs_credited.job_key
    where
        units_judged.is_ever_credited
        and jobs_credited.job_key is null

),

credits_completed as (

    select
        {{ surrogate_key([
            'coalesce(credited.invoice_line_key, credited.job_key)',
            'credited.model',
            'credited.window_label',
            'credited.position_key',
        ]) }} as credit_key,
        credited.model,
        credited.window_label,
        coalesce(invoice_lines.account, jobs.account) as account,
        coalesce(invoice_lines.location_key, jobs.location_key) as location_key,
        credited.job_key,
        credited.invoice_line_key,
        paths.mail_piece_key,
        paths.touch_key,
        paths.campaign_key,
        paths.wave,
        paths.channel,
        cast(null as varchar) as unattributed_reason,
        paths.method,
        cast(coalesce(models.window_days, campaigns.response_window_days) as integer) as window_days,
        cast(credited.credit_share as double) as credit_share,
        {{ amount('credited.credit_cents') }} as credit_amount,
        cast(paths.match_probability as double) as match_probability,
        models.is_headline
    from credited
    inner join paths
        on credited.job_key = paths.job_key
        and credited.window_label = paths.window_label
        and credited.position_key = paths.position_key
    inner join models
        on credited.model = models.model
        and credited.window_label = models.window_label
    inner join jobs
        on credited.job_key = jobs.job_key
    left join invoice_lines
        on credited.invoice_line_key = invoice_lines.invoice_line_key
    left join campaigns
        on paths.campaign_key = campaigns.campaign_key
    union all
    select
        {{ surrogate_key([
            'coalesce(invoice_line_key, job_key)',
            'model',
            'window_label',
            "''",
        ]) }} as credit_key,
        model,
        window_label,
        account,
        location_key,
        job_key,
        invoice_line_key,
        cast(null as varchar) as mail_piece_key,
        cast(null as varchar) as touch_key,
        cast(null as varchar) as campaign_key,
        cast(null as varchar) as wave,
        'unattributed' as channel,
        unattributed_reason,
        cast(null as varchar) as method,
        window_days,
        cast(1 as double) as credit_share,
        credit_amount,
        cast(null as double) as match_probability,
        is_headline
    from uncredited

)

select * from credits_completed
