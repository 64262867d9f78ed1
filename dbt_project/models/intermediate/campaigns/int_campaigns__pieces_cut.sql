{% set cuts = ['postal_code', 'week', 'creative', 'offer', 'list_source', 'mail_class', 'cell', 'customer_class'] %}
with mail_pieces as (

    select
        mail_piece_key,
        campaign_key,
        wave,
        trigger_job_key,
        status,
        {% for cut in cuts -%}
        {{ cut }},
        {% endfor -%}
        cost_cents,
        is_mailed
    from {{ ref('int_campaigns__pieces_described') }}

),

tags as (

    select
        job_key,
        tag
    from {{ ref('bridge_job_tags') }}

),

triggered_pieces as (

    select
        mail_pieces.campaign_key,
        mail_pieces.wave,
        mail_pieces.status,
        tags.tag,
        mail_pieces.cost_cents,
        mail_pieces.is_mailed
    from mail_pieces
    inner join tags
        on mail_pieces.trigger_job_key = tags.job_key

),

pieces_cut as (

    select
        campaign_key,
        wave,
        '(all)' as cut,
        '(all)' as cut_value,
        count(*) filter (where is_mailed) as pieces_mailed,
        count(*) filter (where status = 'Delivered') as pieces_delivered,
        count(*) filter (where status = 'Returned') as pieces_returned,
        cast(sum(cost_cents) as bigint) as cost_cents
    from mail_pieces
    group by
        campaign_key,
        wave
    {% for cut in cuts -%}
    union all
    select
        campaign_key,
        wave,
        '{{ cut }}' as cut,
        coalesce({{ cut }}, '(none)') as cut_value,
        count(*) filter (where is_mailed) as pieces_mailed,
        count(*) filter (where status = 'Delivered') as pieces_delivered,
        count(*) filter (where status = 'Returned') as pieces_returned,
        cast(sum(cost_cents) as bigint) as cost_cents
    from mail_pieces
    group by
        campaign_key,
        wave,
        coalesce({{ cut }}, '(none)')
    {% endfor -%}
    union all
    select
        campaign_key,
        wave,
        'tag_trigger' as cut,
        tag as cut_value,
        count(*) filter (where is_mailed) as pieces_mailed,
        count(*) filter (where status = 'Delivered') as pieces_delivered,
        count(*) filter (where status = 'Returned') as pieces_returned,
        cast(sum(cost_cents) as bigint) as cost_cents
    from triggered_pieces
    group by
        campaign_key,
        wave,
        tag

)

select * from pieces_cut
