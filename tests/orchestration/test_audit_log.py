"""The audit log finds any edited, moved or missing row."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingestion.errors import SettingsError
from ingestion.settings import Settings
from orchestration.lib.audit_log import last_actions, record, verify
from orchestration.lib.ledger_tables import create_ledger_tables
from orchestration.lib.operator_store import carry_to_warehouse
from orchestration.lib.paths import operator_file

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def fill(settings: Settings, count: int = 5) -> None:
    for number in range(count):
        record(
            settings,
            actor="anna",
            action="ack",
            entity="discrepancy",
            entity_id=f"d{number}",
            detail=f"words {number} 'quoted' ; drop table audit_log",
            now=NOW + timedelta(minutes=number),
        )


def tamper(settings: Settings, statement: str) -> None:
    with sqlite3.connect(operator_file(settings)) as connection:
        connection.execute(statement)


def test_an_empty_and_an_untouched_log_are_whole(settings):
    assert verify(settings) == []
    fill(settings)
    assert verify(settings) == []
    assert [row["number"] for row in last_actions(settings, limit=2)] == [5, 4]


@pytest.mark.parametrize(
    ("statement", "row", "words"),
    [
        ("update audit_log set detail = 'other' where number = 3", 3, "edited"),
        ("update audit_log set happened_at = '2026-01-01' where number = 1", 1, "edited"),
        ("update audit_log set actor = 'bob' where number = 5", 5, "edited"),
        ("delete from audit_log where number = 3", 3, "missing"),
        ("delete from audit_log where number = 1", 1, "missing"),
        ("delete from audit_log where number = 5", 5, "ended at row 5"),
        ("delete from audit_head", 6, "head"),
    ],
)
def test_any_edited_or_missing_row_is_found(settings, statement, row, words):
    fill(settings)
    tamper(settings, statement)
    faults = verify(settings)
    assert any(fault.number == row and words in fault.what for fault in faults), faults


def test_a_row_rewritten_with_a_fitting_hash_breaks_the_next(settings):
    fill(settings)
    from orchestration.lib.audit_log import row_hash

    with sqlite3.connect(operator_file(settings)) as connection:
        connection.row_factory = sqlite3.Row
        row = dict(connection.execute("select * from audit_log where number = 2").fetchone())
        row["detail"] = "forged"
        connection.execute(
            "update audit_log set detail = 'forged', hash = ? where number = 2",
            [row_hash(row, row["previous_hash"])],
        )
    assert [fault.number for fault in verify(settings)] == [3]


def test_the_copy_in_the_warehouse_tells_of_a_chain_forged_to_its_end(settings, tmp_path):
    fill(settings)
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        create_ledger_tables(connection)
        assert carry_to_warehouse(connection, settings) == 5
        assert carry_to_warehouse(connection, settings) == 0
        copied = "select cast(audit_id as bigint), hash from raw_matchback.audit_log"
        witness = dict(connection.execute(copied).fetchall())
    assert verify(settings, witness=witness) == []
    tamper(settings, "delete from audit_log")
    tamper(settings, "delete from audit_head")
    fill(settings, count=3)
    tamper(settings, "update audit_log set number = number where false")
    forged = verify(settings, witness=witness)
    assert [fault.number for fault in forged] == [4, 5]


def test_a_newer_store_is_refused(settings):
    fill(settings, count=1)
    tamper(settings, "pragma user_version = 99")
    with pytest.raises(SettingsError, match="newer release"):
        verify(settings)


def test_the_store_is_readable_by_its_owner_only(settings):
    fill(settings, count=1)
    assert operator_file(settings).stat().st_mode & 0o077 == 0
