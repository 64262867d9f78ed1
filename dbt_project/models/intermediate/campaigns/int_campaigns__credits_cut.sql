{% set cuts = ['postal_code', 'week', 'creative', 'offer', 'list_source', 'mail_class', 'cell', 'customer_class'] %}
with job_credits as (

    select
        model,
        window_label,
        job_key,
        mail_piece_key,
        campaign_key,
        coalesce(wave, '(none)') as wave,
        state,
        customer_class,
        cast(round(credit_share * 1000000000) as bigint) as nano_share,
        cast(net_revenue_amount * 100 as bigint) as net_cents,
        cast(collected_amount * 100 as bigint) as collected_cents,
        cast(margin_amount * 100 as bigint) as margin_cents,
        cast(estimated_net_amount * 100 as bigint) as estimated_net_cents,
        is_completed,
        is_invoiced,
        created_on,
        earned_on
    from {{ ref('fct_job_credits') }}
    where campaign_key is not null

),

mail_pieces as (

    select
        mail_piece_key,
        trigger_job_key,
        {% for cut in cuts -%}
        {{ cut }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_campaigns__pieces_described') }}

),

campaigns as (

    select
        campaign_key,
        creative,
        offer,
        list_source,
        mail_class
    from {{ ref('dim_campaigns') }}

),

tags as (

    select
        job_key,
        tag
    from {{ ref('bridge_job_tags') }}

),

-- Credit follows its piece into the piece's cut; credit of a campaign without a piece takes the campaign's.
credits_described as (

    select
        job_credits.model,
        job_credits.window_label,
        job_credits.job_key,
        job_credits.campaign_key,
        job_credits.wave,
        mail_pieces.trigger_job_key,
        mail_pieces.postal_code,
        mail_pieces.week,
        coalesce(mail_pieces.creative, campaigns.creative) as creative,
        coalesce(mail_pieces.offer, campaigns.offer) as offer,
        coalesce(mail_pieces.list_source, campaigns.list_source) as list_source,
        coalesce(mail_pieces.mail_class, campaigns.mail_class) as mail_class,
        mail_pieces.cell,
        case
            when mail_pieces.mail_piece_key is not null then mail_pieces.customer_class
            else job_credits.customer_class
        end as customer_class,
        job_credits.customer_class = 'new' as is_new_customer,
        job_credits.nano_share,
        job_credits.net_cents,
        job_credits.collected_cents,
        job_credits.margin_cents,
        job_credits.estimated_net_cents,
        job_credits.is_completed,
        job_credits.state in ('Cancelled', 'No Show')
        or (job_credits.is_completed and job_credits.is_invoiced) as is_settled,
        job_credits.created_on,
        job_credits.earned_on
    from job_credits
    inner join campaigns
        on job_credits.campaign_key = campaigns.campaign_key
    left join mail_pieces
        on job_credits.mail_piece_key = mail_pieces.mail_piece_key

),

-- Break-evens need days; tags of the credited job have no cost to break even with.
credits_listed as (

    {% for cut in ['(all)'] + cuts + ['tag_trigger', 'tag_earned'] -%}
    select
        credits_described.model,
        credits_described.window_label,
        credits_described.campaign_key,
        credits_described.wave,
        '{{ cut }}' as cut,
        {% if cut == '(all)' -%}
        '(all)' as cut_value,
        {% elif cut in ['tag_trigger', 'tag_earned'] -%}
        tags.tag as cut_value,
        {% else -%}
        coalesce(credits_described.{{ cut }}, '(none)') as cut_value,
        {% endif -%}
        credits_described.is_new_customer,
        credits_described.nano_share,
        credits_described.net_cents,
        credits_described.collected_cents,
        credits_described.margin_cents,
        credits_described.estimated_net_cents,
        credits_described.is_completed,
        credits_described.is_settled,
        credits_described.created_on,
        {% if cut == 'tag_earned' -%}
        cast(null as date) as earned_on
        {% else -%}
        credits_described.earned_on
        {% endif -%}
    from credits_described
    {% if cut == 'tag_trigger' -%}
    inner join tags
        on credits_described.trigger_job_key = tags.job_key
    {% elif cut == 'tag_earned' -%}
    inner join tags
        on credits_described.job_key = tags.job_key
    {% endif -%}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

credits_cut as (

    select
        model,
        window_label,
        campaign_key,
        wave,
        cut,
        cut_value,
        earned_on,
        cast(sum(nano_share) as bigint) as nano_jobs,
        cast(sum(case when is_completed then nano_share else 0 end) as bigint) as nano_completed_jobs,
        cast(sum(case when is_new_customer then nano_share else 0 end) as bigint) as nano_new_customer_jobs,
        cast(sum(net_cents) as bigint) as net_cents,
        cast(sum(abs(net_cents)) as bigint) as net_weight,
        cast(sum(collected_cents) as bigint) as collected_cents,
        cast(sum(margin_cents) as bigint) as margin_cents,
        cast(sum(estimated_net_cents) as bigint) as estimated_net_cents,
        count(*) filter (where margin_cents is null) as unknown_margin_count,
        max(case when is_settled then null else created_on end) as latest_unsettled_on
    from credits_listed
    group by
        model,
        window_label,
        campaign_key,
        wave,
        cut,
        cut_value,
        earned_on

)

select * from credits_cut
