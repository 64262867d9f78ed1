with models as (

    {% for model in [
        'first', 'last', 'linear', 'position', 'w_shaped', 'time_decay', 'markov', 'shapley',
        'deterministic', 'match_back'
    ] -%}
    select '{{ model }}' as model
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

windows as (

    select
        window_label,
        window_days
    from {{ ref('stg_matchback__setting_windows') }}

),

run_context as (

    select
        headline_model,
        headline_window_label
    from {{ ref('stg_matchback__run_context') }}

),

models_listed as (

    select
        models.model,
        windows.window_label,
        cast(windows.window_days as integer) as window_days,
        models.model = run_context.headline_model
        and windows.window_label = run_context.headline_window_label as is_headline
    from models
    cross join windows
    cross join run_context

)

select * from models_listed
