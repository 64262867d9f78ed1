"""The SQLite file of everything people and alerts do: many small writes that must survive.

WAL with synchronous FULL: what was answered is on disk. The audit log and the alert router each
own their tables here; both logs reach SQL as `raw_matchback.audit_log` and `.alert_log`, carried
over before dbt and again before publishing. The pipeline's own records are in the warehouse.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import duckdb

from ingestion.errors import DiskFullError, SettingsError
from ingestion.settings import Settings
from orchestration.lib.paths import operator_file

SCHEMA_VERSION = 1
_BUSY_SECONDS = 30.0

_TABLES = """
create table if not exists audit_log (
    number integer primary key, happened_at text not null, actor text not null,
    action text not null, entity text not null, entity_id text not null, detail text not null,
    previous_hash text not null, hash text not null
);
create table if not exists audit_head (
    only_row integer primary key check (only_row = 1), number integer not null, hash text not null
);
create table if not exists alerts (
    alert_id text primary key, rule text not null, cause_key text not null,
    severity text not null, owner text not null, text text not null, runbook text,
    opened_at text not null, acknowledged_at text, acknowledged_by text, escalated_at text,
    closed_at text
);
create unique index if not exists one_open_alert_per_cause
    on alerts (rule, cause_key) where closed_at is null;
create table if not exists deliveries (
    alert_id text not null, channel text not null, due_at text not null,
    attempts integer not null default 0, state text not null default 'queued', error text,
    is_escalation integer not null default 0,
    primary key (alert_id, channel, is_escalation)
);
create table if not exists alert_log (
    number integer primary key, alert_id text not null, happened_at text not null,
    rule text not null, cause_key text not null, severity text not null, owner text not null,
    channel text, status text not null, text text not null, runbook text, acknowledged_at text,
    acknowledged_by text
);
"""


@contextmanager
def open_store(settings: Settings) -> Iterator[sqlite3.Connection]:
    """Open the store, creating it; commits at the end, rolls back on a fault.

    Raises:
        DiskFullError: The write did not fit.
        SettingsError: The file was written by a newer release.
    """
    file = operator_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        _prepare(connection, settings)
        connection.execute("begin immediate")
        yield connection
        connection.execute("commit")
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise DiskFullError(
                f"The disk of {file.parent} is full: free some space and try again; nothing was "
                "recorded."
            ) from error
        raise
    finally:
        if connection.in_transaction:
            connection.execute("rollback")
        connection.close()


def _prepare(connection: sqlite3.Connection, settings: Settings) -> None:
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    (found,) = connection.execute("pragma user_version").fetchone()
    if found > SCHEMA_VERSION:
        raise SettingsError(
            f"{operator_file(settings)} has schema version {found} and this release knows "
            f"{SCHEMA_VERSION}: install the newer release, or name another MATCHBACK_HOME."
        )
    if found < SCHEMA_VERSION:
        operator_file(settings).chmod(0o600)
        connection.executescript(_TABLES)
        connection.execute(f"pragma user_version = {SCHEMA_VERSION}")


def stamp(instant: datetime) -> str:
    """An instant as the store writes it: UTC, microseconds, sorting as text."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def carry_to_warehouse(connection: duckdb.DuckDBPyConnection, settings: Settings) -> int:
    """Bring the rows of both logs that the warehouse does not have yet; returns how many.

    The warehouse's copies are append only too, so a row removed from the store afterwards is
    still there, and `matchback audit verify` says so.
    """
    carried = 0
    with open_store(settings) as store:
        (have,) = connection.execute(
            "select coalesce(max(cast(audit_id as bigint)), 0) from raw_matchback.audit_log"
        ).fetchone() or (0,)
        rows = store.execute(
            "select cast(number as text), happened_at, actor, action, entity, entity_id, detail, "
            "previous_hash, hash from audit_log where number > ? order by number",
            [have],
        ).fetchall()
        carried += _append(connection, "audit_log", [tuple(row) for row in rows])
        (have,) = connection.execute("select count(*) from raw_matchback.alert_log").fetchone() or (
            0,
        )
        rows = store.execute(
            "select alert_id, happened_at, rule, cause_key, severity, owner, channel, status, "
            "text, runbook, acknowledged_at, acknowledged_by from alert_log "
            "order by number limit -1 offset ?",
            [have],
        ).fetchall()
        carried += _append(connection, "alert_log", [tuple(row) for row in rows])
    return carried


def _append(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple]) -> int:
    if rows:
        marks = ", ".join("?" for _ in rows[0])
        connection.executemany(f"insert into raw_matchback.{table} values ({marks})", rows)
    return len(rows)
