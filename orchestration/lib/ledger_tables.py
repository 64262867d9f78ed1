"""The tables of schema `raw_matchback` that orchestration writes before and after dbt.

Two kinds: settings as tables (replaced each run, so that SQL needs no --vars, which would make dbt
parse everything anew) and logs (append only, kept for good). What ingestion lands there
(rejects, api_calls, source_runs) is created by `ingestion.landing`, the identity logs by
`dbt_project.linkage.registry`, the split's members by `dbt_project.measurement`.
"""

from __future__ import annotations

import duckdb

from ingestion.errors import SettingsError

SCHEMA = "raw_matchback"
# Raised whenever a release changes a table that already holds rows.
SCHEMA_VERSION = 1

SETTING_TABLES: dict[str, str] = {
    "run_context": """
        run_id varchar, as_of timestamptz, started_at timestamptz, time_zone varchar,
        currency_code varchar, headline_model varchar, headline_window_label varchar,
        touch_window_days bigint, half_life_days double, mail_first_class_days bigint,
        mail_marketing_days bigint, mail_first_class_early_days bigint,
        mail_marketing_early_days bigint, holdout_primary_metric varchar,
        primary_window_days bigint, invoice_missing_after_days bigint,
        counted_invoice_source varchar, company_name varchar, company_phone varchar,
        company_address varchar, match_threshold double, review_threshold double,
        maximum_cluster_size bigint, is_full_identity_scan boolean, chain_follow_up_jobs boolean""",
    "setting_windows": "window_label varchar, window_days bigint",
    "setting_margin_rates": "job_class varchar, margin_rate decimal(9,6)",
    "setting_rate_card": """
        source varchar, mail_class varchar, size varchar, starts_on date, ends_on date,
        piece_cents double""",
    "setting_status_overrides": """
        source varchar, account varchar, entity varchar, vendor_word varchar,
        canonical_word varchar""",
    "setting_lead_source_overrides": """
        source varchar, account varchar, vendor_word varchar, channel varchar,
        campaign_id varchar""",
    "setting_code_fields": """
        source varchar, account varchar, entity varchar, field_name varchar""",
    "setting_kpi_targets": "kpi varchar, target double, direction varchar",
    "setting_slos": "slo varchar, target double, window_days double, threshold double",
    "setting_currency_rates": "currency_code varchar, rate_on date, rate decimal(18,8)",
    "setting_wire_owners": "wire varchar, owner varchar",
    "setting_locations": """
        source varchar, account varchar, business_unit varchar, location_key varchar,
        location_name varchar""",
    "setting_holidays": "holiday_on date, name varchar",
    "setting_campaign_aliases": """
        source varchar, account varchar, campaign_id varchar, canonical_source varchar,
        canonical_account varchar, canonical_campaign_id varchar""",
    "setting_slot_minimums": "job_class varchar, minimum_hours double",
}

LOG_TABLES: dict[str, str] = {
    "check_results": """
        run_id varchar, suite varchar, table_name varchar, expectation varchar, severity varchar,
        is_passed boolean, checked_count bigint, failed_count bigint, checked_at timestamptz""",
    "run_history": """
        run_id varchar, as_of timestamptz, started_at timestamptz, finished_at timestamptz,
        outcome varchar, settings_hash varchar, next_window_closes_on date,
        landed_count bigint, rejected_count bigint, unchanged_count bigint,
        checks_passed bigint, checks_warned bigint, checks_failed bigint,
        versions varchar, warehouse_bytes bigint""",
    "held_loads": """
        run_id varchar, source varchar, account varchar, held_at timestamptz,
        released_at timestamptz, reason varchar""",
    "alert_log": """
        alert_id varchar, happened_at timestamptz, rule varchar, cause_key varchar,
        severity varchar, owner varchar, channel varchar, status varchar, text varchar,
        runbook varchar, acknowledged_at timestamptz, acknowledged_by varchar""",
    "audit_log": """
        audit_id varchar, happened_at timestamptz, actor varchar, action varchar, entity varchar,
        entity_id varchar, detail varchar, previous_hash varchar, hash varchar""",
    "finding_log": """
        run_id varchar, seen_at timestamptz, finding_kind varchar, finding_key varchar,
        rule varchar, severity varchar, source varchar, account varchar, entity varchar,
        entity_id varchar, detail varchar, event varchar""",
}


def create_ledger_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what is missing; existing rows stay.

    Raises:
        SettingsError: The warehouse was written by a newer release.
    """
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(
        f"create table if not exists {SCHEMA}.schema_version (version integer, set_at timestamptz)"
    )
    row = connection.execute(f"select max(version) from {SCHEMA}.schema_version").fetchone()
    found = row[0] if row else None
    if found is not None and found > SCHEMA_VERSION:
        raise SettingsError(
            f"This warehouse has schema version {found} and this release knows {SCHEMA_VERSION}: "
            "install the newer release, or name another MATCHBACK_HOME."
        )
    for name, columns in {**SETTING_TABLES, **LOG_TABLES}.items():
        connection.execute(f"create table if not exists {SCHEMA}.{name} ({columns})")
    if found is None:
        connection.execute(
            f"insert into {SCHEMA}.schema_version values (?, now())", [SCHEMA_VERSION]
        )
