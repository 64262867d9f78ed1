{#- Day whose exchange rate holds for a row of a canonical table. -#}
{% macro money_on(table_name) -%}
    {%- set instants = {
        'mail_orders': 'ordered_at', 'jobs': 'created_at', 'estimates': 'coalesce(presented_at, sold_at)',
        'payments': 'paid_at', 'technicians': 'known_at', 'invoice_lines': 'coalesce(updated_at, known_at)',
    } -%}
    {%- set dates = {
        'mail_costs': 'incurred_on', 'marketing_costs': 'incurred_on', 'invoices': 'issued_on',
        'credits': 'issued_on', 'memberships': 'started_on',
    } -%}
    {{ return(dates.get(table_name) or local_date(instants[table_name])) }}
{%- endmacro %}

{#- CTE `converted`: money in the reporting currency; rows in another currency without a rate for their day are left
    out (they are rows of int_canonical__rejects_collected). -#}
{% macro converted_rows(table_name, relation) -%}
currency_rates as (

    select
        currency_code as rate_currency_code,
        rate_on as starts_on,
        coalesce(lead(rate_on) over (partition by currency_code order by rate_on), date '9999-12-31') as ends_on,
        rate
    from {{ ref('stg_matchback__setting_currency_rates') }}

),

dated as (

    select
        *,
        coalesce(currency_code, {{ run_setting('currency_code') }}) as row_currency_code,
        {{ money_on(table_name) }} as money_on
    from {{ relation }}

),

converted as (

    select
        dated.* exclude (
            currency_code
            {%- for name, type in canonical_columns(table_name).items() if type == 'cents' -%}
            , {{ name }}
            {%- endfor -%}
        ),
        dated.row_currency_code as currency_code,
        {%- for name, type in canonical_columns(table_name).items() if type == 'cents' %}
        case
            when currency_rates.rate is null then dated.{{ name }}
            else {{ cents_half_even('cast(dated.' ~ name ~ ' as decimal(18, 0)) * currency_rates.rate') }}
        end as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from dated
    left join currency_rates
        on dated.row_currency_code = currency_rates.rate_currency_code
        and dated.money_on >= currency_rates.starts_on
        and dated.money_on < currency_rates.ends_on
    where
        dated.row_currency_code = {{ run_setting('currency_code') }}
        or currency_rates.rate is not null

),
{%- endmacro %}

{#- CTE `finished`: references completed, words of the vendor mapped to ours, codes normalised. -#}
{% macro finished_rows(table_name) -%}
{%- set table = canonical_table(table_name) -%}
{%- set entity = {'leads': 'lead', 'bookings': 'booking', 'jobs': 'job', 'appointments': 'appointment',
    'estimates': 'estimate', 'invoices': 'invoice', 'mail_pieces': 'mail_piece',
    'mail_events': 'mail_event', 'campaign_members': 'campaign_member',
    'campaign_areas': 'campaign_member'}.get(table_name) -%}
{%- set word_column = {'mail_events': 'event_type', 'campaign_members': 'arm',
    'campaign_areas': 'arm'}.get(table_name, 'status') -%}
{%- if entity %}
words_met as (

    select
        source,
        account,
        {{ word_column }} as vendor_word
    from converted
    where {{ word_column }} is not null
    group by
        source,
        account,
        {{ word_column }}

),

words_mapped as (

    select
        words_met.source,
        words_met.account,
        words_met.vendor_word,
        arg_min(status_words.canonical_word, status_words.rank) as canonical_word
    from words_met
    inner join {{ ref('int_canonical__status_words_unioned') }} as status_words
        on status_words.entity = '{{ entity }}'
        and status_words.vendor_word = {{ normalised_word('words_met.vendor_word') }}
        and coalesce(status_words.source, words_met.source) = words_met.source
        and coalesce(status_words.account, words_met.account) = words_met.account
    group by
        words_met.source,
        words_met.account,
        words_met.vendor_word

),
{% endif %}
{%- if table_name == 'jobs' %}
{{ job_classes() }}
{% endif %}
finished as (

    select
        {%- for name, type in canonical_columns(table_name).items() %}
        {{ finished_column(table_name, table, name, entity) }} as {{ name }},
        {%- endfor %}
        {%- if has_money(table_name) %}
        converted.currency_code,
        {%- endif %}
        converted.date_only_columns,
        converted.is_deleted,
        converted.deleted_at,
        converted.updated_at,
        converted.first_known_at,
        converted.known_at
    from converted
    {%- if entity %}
    left join words_mapped
        on converted.source = words_mapped.source
        and converted.account = words_mapped.account
        and converted.{{ word_column }} = words_mapped.vendor_word
    {%- endif %}
    {%- if table_name == 'invoices' %}
    left join {{ ref('seed_systems') }} as systems
        on converted.source = systems.source
    {%- endif %}
    {%- if table_name == 'jobs' %}
    left join job_classes
        on converted.source = job_classes.source
        and converted.account = job_classes.account
        and converted.job_id = job_classes.job_id
    left join job_code_texts
        on converted.source = job_code_texts.source
        and converted.account = job_code_texts.account
        and converted.job_id = job_code_texts.job_id
    {%- endif %}

)
{%- endmacro %}

{% macro finished_column(table_name, table, name, entity) -%}
    {%- set references = table.get('refs', []) -%}
    {%- set parts = name.rsplit('_', 1) -%}
    {%- if name in table['key'] -%}
        converted.{{ name }}
    {%- elif parts | length == 2 and parts[0] in references and parts[1] in ['source', 'account'] -%}
        case
            when converted.{{ parts[0] }}_id is not null
            {%- if parts[0] == 'job' and 'job_number' in table['columns'] %}
                or converted.job_number is not null
            {%- endif %}
                then coalesce(converted.{{ name }}, converted.{{ parts[1] }})
        end
    {%- elif name == 'status' and entity -%} words_mapped.canonical_word
    {%- elif name == 'arm' and entity -%} coalesce(words_mapped.canonical_word, converted.arm)
    {%- elif name == 'vendor_status' -%} coalesce(converted.vendor_status, converted.status)
    {%- elif name == 'event_type' -%} words_mapped.canonical_word
    {%- elif name == 'vendor_event_type' -%} coalesce(converted.vendor_event_type, converted.event_type)
    {%- elif name == 'is_facility_scan' -%}
        coalesce(converted.is_facility_scan, words_mapped.canonical_word = 'in_local_area', false)
    {%- elif name == 'system_kind' -%} coalesce(systems.system_kind, 'other')
    {%- elif name == 'job_class' -%} coalesce(converted.job_class, job_classes.job_class)
    {%- elif name == 'code_texts' -%} coalesce(job_code_texts.code_texts, cast([] as varchar[]))
    {%- elif name == 'is_zero_value' -%} coalesce(converted.is_zero_value, false)
    {%- elif name == 'campaign_code' -%}
        coalesce(
            {{ normalised_code('converted.campaign_code') }},
            case
                when not regexp_matches(converted.campaign_id, '^[0-9]+$|^[0-9a-fA-F-]{32,36}$')
                    then {{ normalised_code('converted.campaign_id') }}
            end,
            {{ normalised_code('converted.name') }},
            {{ normalised_code('converted.campaign_id') }}
        )
    {%- elif name == 'mail_class' -%}
        case
            when converted.mail_class in ('standard', 'standard_mail', 'marketing_mail', 'usps_marketing') then 'marketing'
            when converted.mail_class in ('firstclass', 'first_class_mail', 'usps_first_class') then 'first_class'
            else converted.mail_class
        end
    {%- else -%}
        converted.{{ name }}
    {%- endif -%}
{%- endmacro %}

{#- CTEs `job_classes` (class of a job by the words of its tags, type and business unit) and `job_code_texts` (texts of a job
    in which a postcard code may stand). -#}
{% macro job_classes() -%}
job_words as (

    select
        source,
        account,
        job_id,
        'job_type' as word_of,
        {{ normalised_word('job_type') }} as word
    from converted
    where job_type is not null and job_class is null
    union all
    select
        source,
        account,
        job_id,
        'tag' as word_of,
        {{ normalised_word('tag') }} as word
    from (
        select
            source,
            account,
            job_id,
            unnest(tags) as tag
        from converted
        where job_class is null
    )

),

words_classed as (

    select
        words.word_of,
        words.word,
        arg_min(class_words.job_class, class_words.rank) as job_class,
        min(class_words.rank) as rank
    from (
        select
            word_of,
            word
        from job_words
        group by
            word_of,
            word
    ) as words
    inner join {{ ref('seed_job_class_words') }} as class_words
        on words.word_of = class_words.word_of
        and regexp_matches(words.word, concat('(^| )(', class_words.word, ')( |$)'))
    group by
        words.word_of,
        words.word

),

job_classes as (

    select
        job_words.source,
        job_words.account,
        job_words.job_id,
        arg_min(words_classed.job_class, words_classed.rank) as job_class
    from job_words
    inner join words_classed
        on job_words.word_of = words_classed.word_of
        and job_words.word = words_classed.word
    group by
        job_words.source,
        job_words.account,
        job_words.job_id

),

custom_field_entries as (

    select
        source,
        account,
        job_id,
        unnest(string_split(custom_fields, ';')) as entry
    from converted
    where custom_fields is not null

),

code_fields as (

    select
        custom_field_entries.source,
        custom_field_entries.account,
        custom_field_entries.job_id,
        list(
            distinct trim(substr(custom_field_entries.entry, strpos(custom_field_entries.entry, '=') + 1))
            order by trim(substr(custom_field_entries.entry, strpos(custom_field_entries.entry, '=') + 1))
        ) as field_texts
    from custom_field_entries
    inner join {{ ref('stg_matchback__setting_code_fields') }} as setting_code_fields
        on {{ normalised_word("split_part(custom_field_entries.entry, '=', 1)") }}
            = {{ normalised_word('setting_code_fields.field_name') }}
        and custom_field_entries.source = setting_code_fields.source
        and coalesce(setting_code_fields.account, '') in ('', custom_field_entries.account)
        and coalesce(setting_code_fields.entity, '') in ('', 'job', 'jobs')
    where strpos(custom_field_entries.entry, '=') > 0
    group by
        custom_field_entries.source,
        custom_field_entries.account,
        custom_field_entries.job_id

),

job_code_texts as (

    select
        converted.source,
        converted.account,
        converted.job_id,
        list_filter(
            list_concat(
                coalesce(converted.code_texts, []),
                coalesce(code_fields.field_texts, []),
                [converted.lead_source, converted.utm_campaign, converted.notes]
            ),
            lambda code_text: code_text is not null and trim(code_text) != ''
        ) as code_texts
    from converted
    left join code_fields
        on converted.source = code_fields.source
        and converted.account = code_fields.account
        and converted.job_id = code_fields.job_id

),
{%- endmacro %}
