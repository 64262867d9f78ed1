with source as (

    select * from {{ source('raw_matchback', 'run_context') }}

),

renamed as (

    select
        run_id,
        as_of,
        started_at,
        time_zone,
        currency_code,
        headline_model,
        headline_window_label,
        touch_window_days,
        half_life_days,
        mail_first_class_days,
        mail_marketing_days,
        mail_first_class_early_days,
        mail_marketing_early_days,
        holdout_primary_metric,
        primary_window_days,
        invoice_missing_after_days,
        counted_invoice_source,
        company_name,
        company_phone,
        company_address,
        match_threshold,
        review_threshold,
        maximum_cluster_size,
        is_full_identity_scan,
        chain_follow_up_jobs
    from source

)

select * from renamed
