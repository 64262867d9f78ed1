{% set cuts = ['postal_code', 'week', 'creative', 'offer', 'list_source', 'mail_class', 'cell', 'customer_class'] %}
with mail_pieces as (

    select
        mail_piece_key,
        campaign_key,
        wave,
        trigger_job_key,
        {% for cut in cuts -%}
        {{ cut }},
        {% endfor -%}
        is_mailed,
        in_home_on,
        first_responded_on
    from {{ ref('int_campaigns__pieces_described') }}

),

windows as (

    select
        campaign_key,
        window_label,
        window_days
    from {{ ref('int_campaigns__windows_listed') }}

),

paths as (

    select
        mail_piece_key,
        window_label
    from {{ ref('int_credit__paths_built') }}
    where mail_piece_key is not null
    group by
        mail_piece_key,
        window_label

),

tags as (

    select
        job_key,
        tag
    from {{ ref('bridge_job_tags') }}

),

responded_pieces as (

    select
        mail_pieces.mail_piece_key,
        windows.window_label
    from mail_pieces
    inner join windows
        on mail_pieces.campaign_key = windows.campaign_key
        and mail_pieces.first_responded_on < {{ day_add('mail_pieces.in_home_on', 'windows.window_days') }}
    where mail_pieces.first_responded_on is not null

),

answers as (

    select
        coalesce(responded_pieces.mail_piece_key, paths.mail_piece_key) as mail_piece_key,
        coalesce(responded_pieces.window_label, paths.window_label) as window_label,
        responded_pieces.mail_piece_key is not null as is_direct
    from responded_pieces
    full join paths
        on responded_pieces.mail_piece_key = paths.mail_piece_key
        and responded_pieces.window_label = paths.window_label

),

answers_described as (

    select
        answers.window_label,
        answers.is_direct,
        mail_pieces.campaign_key,
        mail_pieces.wave,
        mail_pieces.trigger_job_key,
        {% for cut in cuts -%}
        mail_pieces.{{ cut }}{{ ',' if not loop.last }}
        {% endfor %}
    from answers
    inner join mail_pieces
        on answers.mail_piece_key = mail_pieces.mail_piece_key
    where mail_pieces.is_mailed

),

triggered_answers as (

    select
        answers_described.window_label,
        answers_described.is_direct,
        answers_described.campaign_key,
        answers_described.wave,
        tags.tag
    from answers_described
    inner join tags
        on answers_described.trigger_job_key = tags.job_key

),

responses_cut as (

    select
        campaign_key,
        wave,
        '(all)' as cut,
        '(all)' as cut_value,
        window_label,
        count(*) filter (where is_direct) as direct_responses,
        count(*) filter (where not is_direct) as matched_pieces
    from answers_described
    group by
        campaign_key,
        wave,
        window_label
    {% for cut in cuts -%}
    union all
    select
        campaign_key,
        wave,
        '{{ cut }}' as cut,
        coalesce({{ cut }}, '(none)') as cut_value,
        window_label,
        count(*) filter (where is_direct) as direct_responses,
        count(*) filter (where not is_direct) as matched_pieces
    from answers_described
    group by
        campaign_key,
        wave,
        coalesce({{ cut }}, '(none)'),
        window_label
    {% endfor -%}
    union all
    select
        campaign_key,
        wave,
        'tag_trigger' as cut,
        tag as cut_value,
        window_label,
        count(*) filter (where is_direct) as direct_responses,
        count(*) filter (where not is_direct) as matched_pieces
    from triggered_answers
    group by
        campaign_key,
        wave,
        tag,
        window_label

)

select * from responses_cut
