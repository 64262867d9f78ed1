"""The steps of a run as plain functions: prepare, land, decide, record, publish, leave a marker.

Dagster assets (`orchestration/defs`) call these in order and add names and lineage; what a number
means is in the dbt project, how a record lands in `ingestion`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import metadata
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from ingestion.settings import Settings
from orchestration.lib.dbt_project import DbtResult
from orchestration.lib.ledger_tables import SCHEMA
from orchestration.lib.paths import marker_file
from orchestration.lib.run_context import settings_hash

VERSIONED_PACKAGES = ("matchback", "dagster", "dlt", "dbt-core", "dbt-duckdb", "duckdb", "splink")


@dataclass(frozen=True)
class BuildDecision:
    """Whether this run rebuilds the marts, and the sentence that says why."""

    is_needed: bool
    reason: str


@dataclass(frozen=True)
class CheckCounts:
    """How many checks of a run passed, warned (not blocking) and failed (blocking)."""

    passed: int = 0
    warned: int = 0
    failed: int = 0


@dataclass
class RunTotals:
    """Rows of one run over all sources and accounts."""

    landed: int = 0
    rejected: int = 0
    unchanged: int = 0
    incomplete: list[str] = field(default_factory=list)


def local_day(settings: Settings, instant: datetime) -> date:
    """The operator's local date of an instant."""
    return instant.astimezone(ZoneInfo(settings.operator.time_zone)).date()


def run_totals(connection: duckdb.DuckDBPyConnection, run_id: str) -> RunTotals:
    """Sum this run's rows of `source_runs`; accounts that did not come whole are named."""
    row = connection.execute(
        f"select coalesce(sum(landed_count), 0)::bigint, coalesce(sum(rejected_count), 0)::bigint,"
        f" coalesce(sum(unchanged_count), 0)::bigint from {SCHEMA}.source_runs where run_id = ?",
        [run_id],
    ).fetchone()
    incomplete = connection.execute(
        f"select distinct source || '/' || account from {SCHEMA}.source_runs "
        "where run_id = ? and not is_complete order by 1",
        [run_id],
    ).fetchall()
    landed, rejected, unchanged = row or (0, 0, 0)
    return RunTotals(landed, rejected, unchanged, [name for (name,) in incomplete])


def decide_build(
    connection: duckdb.DuckDBPyConnection, settings: Settings, *, now: datetime, force: bool
) -> BuildDecision:
    """A night with nothing new and no window closing skips dbt; the common case costs seconds.

    Rebuilt whenever: it was asked for, no build has succeeded yet, settings changed, a version
    landed or an operator spoke since the last build, a source's completeness changed, or a
    response window has closed since.
    """
    if force:
        return BuildDecision(True, "a rebuild was asked for")
    last = connection.execute(
        f"select run_id, as_of, settings_hash, next_window_closes_on, versions "
        f"from {SCHEMA}.run_history "
        "where outcome = 'published' order by finished_at desc limit 1"
    ).fetchone()
    if last is None:
        return BuildDecision(True, "there is no finished build yet")
    last_run_id, last_as_of, last_hash, closes_on, versions = last
    if last_hash != settings_hash(settings):
        return BuildDecision(True, "settings have changed since the last build")
    if versions != _versions_text():
        return BuildDecision(True, "another release has been installed since the last build")
    if (new := _new_rows_since(connection, last_run_id, last_as_of)) is not None:
        return BuildDecision(True, new)
    if closes_on is not None and local_day(settings, now) >= closes_on:
        return BuildDecision(True, f"a response window closed on {closes_on}")
    return BuildDecision(False, "nothing new has landed and no window has closed")


def _new_rows_since(
    connection: duckdb.DuckDBPyConnection, run_id: str, instant: datetime
) -> str | None:
    landed, rejected = connection.execute(
        f"select coalesce(sum(landed_count), 0), coalesce(sum(rejected_count), 0) "
        f"from {SCHEMA}.source_runs where finished_at >= ? and run_id <> ?",
        [instant, run_id],
    ).fetchone() or (0, 0)
    if landed or rejected:
        return f"{landed} new versions and {rejected} rejects have landed since the last build"
    for table, column, what in (
        ("identity_decisions", "known_at", "an identity decision was made"),
        ("erasures", "known_at", "a person was erased"),
        ("held_loads", "released_at", "held rows were released"),
        ("held_loads", "held_at", "rows were held back"),
    ):
        if connection.execute(
            f"select count(*) from {SCHEMA}.{table} where {column} > ?", [instant]
        ).fetchone() != (0,):
            return f"{what} since the last build"
    if connection.execute(
        f"select count(*) from {SCHEMA}.audit_log where entity = 'discrepancy' "
        "and (action <> 'reread' or detail = 'changed') and happened_at > ?",
        [instant],
    ).fetchone() != (0,):
        return "somebody spoke about a discrepancy, or its record read again had changed"
    changed = connection.execute(
        f"""
        with runs as (
            select source, account, entity, is_complete,
                row_number() over (
                    partition by source, account, entity order by started_at desc
                ) as age
            from {SCHEMA}.source_runs
        )
        select count(*) from runs as this
        join runs as previous using (source, account, entity)
        where this.age = 1 and previous.age = 2 and this.is_complete <> previous.is_complete
        """
    ).fetchone()
    return "a source became complete or incomplete" if changed != (0,) else None


def append_check_results(
    connection: duckdb.DuckDBPyConnection,
    rows: Iterable[Mapping[str, Any]],
    *,
    run_id: str,
    checked_at: datetime,
) -> CheckCounts:
    """Add results to the log of checks; `checked_at` is the run's as-of instant."""
    counts = {"passed": 0, "warned": 0, "failed": 0}
    values: list[tuple[Any, ...]] = []
    for row in rows:
        outcome = "passed" if row["is_passed"] else "warned"
        if not row["is_passed"] and row["severity"] in ("critical", "error"):
            outcome = "failed"
        counts[outcome] += 1
        values.append(
            (
                run_id,
                row["suite"],
                row["table_name"],
                row["expectation"],
                row["severity"],
                row["is_passed"],
                row["checked_count"],
                row["failed_count"],
                checked_at,
            )
        )
    if values:
        marks = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?)"] * len(values))
        connection.execute(
            f"insert into {SCHEMA}.check_results values {marks}",
            [cell for value in values for cell in value],
        )
    return CheckCounts(**counts)


def dbt_check_rows(results: Sequence[DbtResult]) -> list[dict[str, Any]]:
    """Data tests of dbt as rows of the log of checks (suite `dbt`)."""
    return [
        {
            "suite": "dbt",
            "table_name": result.attached_model or "(several)",
            "expectation": result.name,
            "severity": "critical" if result.severity == "error" else "warning",
            "is_passed": result.status in ("pass", "success"),
            "checked_count": None,
            "failed_count": result.failures,
        }
        for result in results
        if result.resource_type == "test" and result.status != "skipped"
    ]


def record_run(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    run_id: str,
    as_of: datetime,
    started_at: datetime,
    finished_at: datetime,
    outcome: str,
    totals: RunTotals,
    checks: CheckCounts,
) -> None:
    """One row of `run_history`; outcome is published, skipped or held."""
    size = settings.warehouse.stat().st_size if settings.warehouse.exists() else 0
    connection.execute(
        f"insert into {SCHEMA}.run_history by name select ? as run_id, ? as as_of, "
        "? as started_at, ? as finished_at, ? as outcome, ? as settings_hash, "
        "? as next_window_closes_on, ? as landed_count, ? as rejected_count, "
        "? as unchanged_count, ? as checks_passed, ? as checks_warned, ? as checks_failed, "
        "? as versions, ? as warehouse_bytes",
        [
            run_id,
            as_of,
            started_at,
            finished_at,
            outcome,
            settings_hash(settings),
            next_window_closing(connection, settings, as_of),
            totals.landed,
            totals.rejected,
            totals.unchanged,
            checks.passed,
            checks.warned,
            checks.failed,
            _versions_text(),
            size,
        ],
    )


def next_window_closing(
    connection: duckdb.DuckDBPyConnection, settings: Settings, as_of: datetime
) -> date | None:
    """The first local day on which an open response window will have closed, or None."""
    row = connection.execute(
        f"""
        with ends as (
            select pieces.window_starts_on
                + cast(coalesce(windows.window_days, campaigns.response_window_days) as integer)
                as closes_on
            from (
                select distinct campaign_key, window_starts_on from marts.fct_mail_pieces
                where window_starts_on is not null
            ) as pieces
            left join marts.dim_campaigns as campaigns using (campaign_key)
            cross join {SCHEMA}.setting_windows as windows
        )
        select min(closes_on) from ends where closes_on > ?
        """,
        [local_day(settings, as_of)],
    ).fetchone()
    return row[0] if row else None


def refresh_after_dbt(
    connection: duckdb.DuckDBPyConnection, compiled: Mapping[str, tuple[str, Sequence[str]]]
) -> None:
    """Fill again the marts about the run itself, from their compiled SQL, under their contract."""
    for table, (query, columns) in compiled.items():
        names = ", ".join(f'"{column}"' for column in columns)
        connection.execute("begin")
        connection.execute(f'delete from marts."{table}"')
        connection.execute(f'insert into marts."{table}" ({names}) select {names} from ({query})')
        connection.execute("commit")


def leave_marker(settings: Settings, *, run_id: str, finished_at: datetime, outcome: str) -> Path:
    """Write the success marker, atomically."""
    file = marker_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(
        json.dumps({"run_id": run_id, "finished_at": finished_at.isoformat(), "outcome": outcome})
    )
    return fresh.replace(file)


def _versions_text() -> str:
    return ", ".join(f"{name} {metadata.version(name)}" for name in VERSIONED_PACKAGES)
