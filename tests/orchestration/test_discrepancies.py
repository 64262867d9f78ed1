"""People's words about discrepancies are kept, and findings are remembered once per run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.errors import SettingsError
from ingestion.settings import Settings
from orchestration.lib.audit_log import verify
from orchestration.lib.discrepancies import (
    act_on_discrepancy,
    find_discrepancy,
    list_discrepancies,
    remember_findings,
    words_about,
)
from orchestration.lib.ledger_tables import create_ledger_tables

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def marts() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(
        """
        create table rpt_reconciliation as
        select * from (values
            ('aaa1', 'money', 'books_amount_differs', 'critical', 'open', 'finance'),
            ('aaa2', 'mail', 'piece_without_scan', 'info', 'open', 'marketing'),
            ('bbb1', 'money', 'job_without_invoice', 'warning', 'acknowledged', 'finance'),
            ('ccc1', 'money', 'job_without_invoice', 'warning', 'closed', 'finance')
        ) as rows (discrepancy_key, wire, kind, severity, state, owner),
        (select 'servicetitan' as source, 'main' as account, 'jobs' as entity, '1' as entity_id,
            'x' as expected, 'y' as observed, timestamptz '2026-10-01 00:00:00Z' as first_seen_at)
        """
    )
    return connection


def test_the_list_shows_open_ones_worst_first(marts):
    listed = [row["discrepancy_key"] for row in list_discrepancies(marts)]
    assert listed == ["aaa1", "bbb1", "aaa2"]
    assert [row["discrepancy_key"] for row in list_discrepancies(marts, is_settled=True)] == [
        "ccc1"
    ]
    assert [row["discrepancy_key"] for row in list_discrepancies(marts, owner="marketing")] == [
        "aaa2"
    ]
    assert len(list_discrepancies(marts, wire="money", limit=1)) == 1


@pytest.mark.parametrize("key", ["aaa", "zzz"])
def test_a_key_that_is_not_one_discrepancy_is_refused(marts, key):
    with pytest.raises(SettingsError, match="expected exactly one"):
        find_discrepancy(marts, key)


def test_words_are_kept_in_the_audit_log(settings, marts):
    for action, note in (("ack", ""), ("resolve", "agreed with the customer"), ("reopen", "no")):
        act_on_discrepancy(settings, marts, "bbb", action=action, actor="anna", note=note, now=NOW)
    words = words_about(settings, "bbb1")
    assert [row["action"] for row in words] == ["ack", "resolve", "reopen"]
    assert words[1]["detail"] == "agreed with the customer"
    assert verify(settings) == []


def test_a_resolution_without_words_is_refused(settings, marts):
    with pytest.raises(SettingsError, match="needs words"):
        act_on_discrepancy(settings, marts, "bbb1", action="resolve", actor="anna", note=" ")
    assert words_about(settings, "bbb1") == []


def test_findings_are_remembered_once_per_run():
    connection = duckdb.connect()
    create_ledger_tables(connection)
    connection.execute(
        "insert into raw_matchback.run_context (run_id, as_of) "
        "values ('r1', timestamptz '2026-10-01 06:00:00Z')"
    )
    connection.execute("create schema intermediate")
    connection.execute(
        """
        create table intermediate.int_quality__findings_followed as
        select 'k' || n as finding_key, 'hygiene' as finding_kind, 'rule' as rule,
            'info' as severity, 's' as source, 'a' as account, 'jobs' as entity,
            n::varchar as entity_id, 'x' as expected, 'y' as observed, null::varchar as detail,
            case n when 1 then 'opened' when 2 then 'closed' end as change
        from range(1, 4) as rows (n)
        """
    )
    assert remember_findings(connection, run_id="another") == (0, 0)
    assert remember_findings(connection, run_id="r1") == (1, 1)
    assert remember_findings(connection, run_id="r1") == (0, 0)
    rows = connection.execute(
        "select finding_key, event, detail->>'observed', seen_at from raw_matchback.finding_log "
        "order by 1"
    ).fetchall()
    assert [row[:3] for row in rows] == [("k1", "opened", "y"), ("k2", "closed", "y")]
