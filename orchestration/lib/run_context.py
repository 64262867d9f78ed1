"""Writes settings into the warehouse as tables, so that dbt reads them like any other data.

One place decides how a setting reaches SQL. Which settings exist is `ingestion.settings_model`;
what SQL does with them is in the dbt project.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

import duckdb
import holidays as holiday_calendar

from ingestion.settings import Settings
from orchestration.lib.ledger_tables import SCHEMA, SETTING_TABLES, create_ledger_tables

_AT_MOST = {"cycle_time_hours", "cac", "no_show_share", "unattributed_share", "lead_response_hours"}
_HOLIDAY_YEARS = range(2000, 2041)


def settings_hash(settings: Settings) -> str:
    """A fingerprint of all settings that marts depend on; secrets are not part of it."""
    content = settings.model_dump(
        mode="json", exclude={"environment", "fixed_now", "home", "file", "alerts", "limits"}
    )
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def write_run_context(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    run_id: str,
    as_of: datetime,
    started_at: datetime,
    full_identity_scan: bool = False,
) -> None:
    """Replace `run_context` and all `setting_` tables, in one transaction."""
    create_ledger_tables(connection)
    rows = setting_rows(settings)
    rows["run_context"] = [
        _context_row(settings, run_id, as_of, started_at, full_identity_scan=full_identity_scan)
    ]
    connection.execute("begin")
    for table in SETTING_TABLES:
        connection.execute(f"delete from {SCHEMA}.{table}")
        if rows[table]:
            marks = f"({', '.join('?' for _ in rows[table][0])})"
            values = ", ".join([marks] * len(rows[table]))
            connection.execute(
                f"insert into {SCHEMA}.{table} values {values}",
                [cell for row in rows[table] for cell in row],
            )
    connection.execute("commit")
    connection.execute("checkpoint")


def _context_row(
    settings: Settings,
    run_id: str,
    as_of: datetime,
    started_at: datetime,
    *,
    full_identity_scan: bool,
) -> tuple[Any, ...]:
    attribution, mail, operator = settings.attribution, settings.mail, settings.operator
    return (
        run_id,
        as_of,
        started_at,
        operator.time_zone,
        operator.currency,
        attribution.headline_model,
        attribution.headline_window,
        attribution.touch_window_days,
        attribution.half_life_days,
        mail.first_class_days,
        mail.marketing_days,
        mail.first_class_early_days,
        mail.marketing_early_days,
        settings.lift.primary_metric,
        settings.lift.primary_window_days,
        attribution.invoice_missing_after_days,
        attribution.counted_invoice,
        operator.name,
        operator.phone,
        operator.address,
        settings.identity.match_threshold,
        settings.identity.review_threshold,
        settings.identity.maximum_cluster_size,
        full_identity_scan,
        attribution.chain_follow_up_jobs,
    )


def setting_rows(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every `setting_` table, columns in the order of `SETTING_TABLES`."""
    windows: list[tuple[str, int | None]] = [
        (str(days), days) for days in sorted(set(settings.attribution.windows))
    ]
    windows.append(("campaign", None))
    federal = holiday_calendar.country_holidays("US", years=_HOLIDAY_YEARS)
    return {
        "setting_windows": windows,
        "setting_margin_rates": sorted(settings.margin_rates.items()),
        "setting_rate_card": [
            (
                row.source,
                row.mail_class,
                row.size,
                row.starts_on,
                row.ends_on,
                float(row.piece_cents),
            )
            for row in settings.mail.rate_card
        ],
        "setting_status_overrides": [
            (row.source, row.account, row.entity, row.vendor_word, row.canonical_word)
            for row in settings.status_overrides
        ],
        "setting_lead_source_overrides": [
            (row.source, row.account, row.vendor_word, row.channel, row.campaign_id)
            for row in settings.lead_source_overrides
        ],
        "setting_code_fields": [
            (row.get("source"), row.get("account"), row.get("entity"), row.get("field_name"))
            for row in settings.attribution.code_fields
        ],
        "setting_kpi_targets": [
            (kpi, target, "at_most" if kpi in _AT_MOST else "at_least")
            for kpi, target in sorted(settings.kpi_targets.items())
        ],
        "setting_slos": [
            (row.slo, row.target, row.window_days, row.threshold) for row in settings.slos
        ],
        "setting_currency_rates": [
            (row.currency_code, row.rate_on, row.rate) for row in settings.currency_rates
        ],
        "setting_wire_owners": sorted(settings.wire_owners.items()),
        "setting_locations": [
            (row.source, row.account, row.business_unit, row.location_key, row.location_name)
            for row in settings.operator.locations
        ],
        "setting_holidays": sorted(
            [(day, name) for day, name in federal.items() if "observed" not in name.lower()]
            + [(row.holiday_on, row.name) for row in settings.holidays]
        ),
        "setting_campaign_aliases": [
            (
                row.source,
                row.account,
                row.campaign_id,
                row.canonical_source,
                row.canonical_account,
                row.canonical_campaign_id,
            )
            for row in settings.campaign_aliases
        ],
        "setting_slot_minimums": sorted(settings.slot_hours.items()),
    }
