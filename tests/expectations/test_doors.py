"""What the two doors give to the nightly: results, severities, samples, faults, pages."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from expectations import CheckResult, check_marts, check_raw
from expectations.registry import mart_tables, raw_suites, suites
from expectations.report import COLUMNS, result_rows, write_data_docs
from expectations.rules import Rule, Scope, Suite, filled, never
from expectations.runner import run_suites

# Great Expectations takes seconds to import.
pytestmark = pytest.mark.slow

NOW = datetime(2026, 10, 1, 2, tzinfo=UTC)
RUN = ("run", "pcm", "main", "orders")


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'")
        opened.execute("create schema raw_matchback")
        opened.execute("create schema raw_pcm")
        opened.execute(
            "create table raw_matchback.source_runs (run_id varchar, source varchar, "
            "account varchar, entity varchar, started_at timestamptz, read_count bigint, "
            "rejected_count bigint, newest_record_at timestamptz, is_complete boolean)"
        )
        opened.execute(
            "create table raw_pcm.orders (account varchar, record_id varchar, "
            "modified_at timestamptz, is_deleted boolean, payload varchar, payload_hash varchar, "
            "_loaded_at timestamptz, _run_id varchar)"
        )
        yield opened


def ran(
    connection: duckdb.DuckDBPyConnection,
    days_ago: float,
    read: int,
    *,
    rejected: int = 0,
    is_complete: bool = True,
    newest_days_ago: float | None = None,
) -> None:
    run_id = "run" if days_ago == 0 else f"run {days_ago}"
    newest = NOW - timedelta(days=days_ago if newest_days_ago is None else newest_days_ago)
    connection.execute(
        "insert into raw_matchback.source_runs values (?, 'pcm', 'main', 'orders', ?, ?, ?, ?, ?)",
        [run_id, NOW - timedelta(days=days_ago), read, rejected, newest, is_complete],
    )


def landed(connection: duckdb.DuckDBPyConnection, order_id: str | None, **changes: object) -> None:
    payload = {
        "orderID": order_id,
        "status": "Mailed",
        "extRefNbr": "Canary Nightingale",
        "mailClass": "Standard",
        "orderDate": "2026-04-02T08:00:00Z",
        **changes,
    }
    connection.execute(
        "insert into raw_pcm.orders values ('main', ?, null, false, ?, md5(?), ?, 'run')",
        [order_id or "none", json.dumps(payload), json.dumps(payload), NOW],
    )


def failed(connection: duckdb.DuckDBPyConnection) -> dict[str, CheckResult]:
    report = check_raw(connection, "pcm", "main", run_id="run", as_of=NOW)
    return {result.expectation: result for result in report.failures}


def test_a_good_account_passes_and_every_result_is_counted(connection):
    for day in range(8):
        ran(connection, day, 100)
    landed(connection, "1")
    report = check_raw(connection, "pcm", "main", run_id="run", as_of=NOW)
    assert report.failures == ()
    assert {result.suite for result in report.results} == {"raw.every_source", "raw.pcm_orders"}
    assert all(result.checked_count == 1 for result in report.results)


def test_a_critical_failure_blocks_and_a_warning_does_not(connection):
    ran(connection, 0, 2)
    landed(connection, "1", extRefNbr=None)
    report = check_raw(connection, "pcm", "main", run_id="run", as_of=NOW)
    assert [result.expectation for result in report.warnings] == ["reference is filled"]
    assert report.critical_failures == ()
    landed(connection, None)
    report = check_raw(connection, "pcm", "main", run_id="run", as_of=NOW)
    assert [result.expectation for result in report.critical_failures] == ["order_id is filled"]


def test_only_the_new_rows_of_the_account_are_looked_at(connection):
    ran(connection, 0, 1)
    landed(connection, None)
    connection.execute("update raw_pcm.orders set account = 'other'")
    landed(connection, None)
    connection.execute("update raw_pcm.orders set _run_id = 'before' where account = 'main'")
    assert failed(connection) == {}


def test_no_rows_where_there_always_were_some_is_critical(connection):
    for day in range(1, 7):
        ran(connection, day, 100)
    ran(connection, 0, 0)
    found = failed(connection)
    assert found["an entity that always has rows has some"].severity == "critical"
    assert found["an entity that always has rows has some"].sample == ("orders",)


def test_half_the_usual_volume_warns_and_a_young_account_is_not_judged(connection):
    for day in range(1, 7):
        ran(connection, day, 100)
    ran(connection, 0, 49)
    assert list(failed(connection)) == ["no entity has less than half its usual rows"]
    connection.execute("delete from raw_matchback.source_runs where run_id in ('run 5', 'run 6')")
    assert failed(connection) == {}


def test_many_small_runs_of_a_day_make_a_day(connection):
    for day in range(1, 7):
        ran(connection, day, 100)
    ran(connection, 0.3, 60)
    ran(connection, 0, 5)
    assert failed(connection) == {}


@pytest.mark.parametrize(
    ("rejected", "severity"), [(4, None), (6, "warning"), (50, "warning"), (51, "critical")]
)
def test_rejects_are_judged_by_their_share(connection, rejected, severity):
    ran(connection, 0, 100, rejected=rejected)
    assert [one.severity for one in failed(connection).values()] == ([severity] if severity else [])


def test_an_incomplete_entity_warns(connection):
    ran(connection, 0, 100, is_complete=False)
    assert [one.severity for one in failed(connection).values()] == ["warning"]


def test_an_entity_that_went_quiet_warns(connection):
    for day in range(20):
        ran(connection, day, 100, newest_days_ago=max(day, 8))
    assert list(failed(connection)) == ["no busy entity has gone quiet"]


def test_no_result_and_no_page_holds_a_value_of_a_row(connection, tmp_path, caplog):
    ran(connection, 0, 1)
    landed(connection, None, mailClass="Canary Nightingale")
    report = check_raw(connection, "pcm", "main", run_id="run", as_of=NOW)
    assert report.failures
    scope = Scope(run_id="run", source="pcm", account="main", as_of="2026-10-01 02:00:00+00")
    pages = write_data_docs(connection, raw_suites("pcm"), scope, tmp_path / "docs")
    assert pages[0].name == "index.html"
    assert {page.name for page in pages} >= {"raw.pcm_orders.html", "raw.every_source.html"}
    assert "is a known word" in pages[0].read_text()
    assert all(page.stat().st_size > 1000 for page in pages)
    for text in [repr(report), caplog.text, *(page.read_text() for page in pages)]:
        assert "Canary" not in text


def test_an_exception_inside_a_check_is_a_failed_check_with_its_kind(connection):
    connection.execute("create table raw_pcm.texts as select 'Canary' as id, 'x' as word")
    good = filled("word", "warning", "Because.")
    broken = never("it works", "nothing_of_the_kind = 1", "critical", "Because.")
    suite = Suite(
        "probe", "texts", lambda _: "select * from raw_pcm.texts", "id", (good, broken), ()
    )
    first, second = run_suites(connection, [suite], Scope(run_id="run"))
    assert first.is_passed
    assert not second.is_passed
    assert "The check itself failed" in second.detail
    assert "Canary" not in second.detail


def test_a_query_that_does_not_run_fails_all_its_rules(connection):
    rule = filled("word", "critical", "Because.")
    suite = Suite(
        "probe", "t", lambda _: "select cast('Canary' as int) as word", "word", (rule,), ()
    )
    (result,) = run_suites(connection, [suite], Scope(run_id="run"))
    assert (result.is_passed, result.severity) == (False, "critical")
    assert "Canary" not in result.detail


def test_a_suite_whose_table_is_missing_is_left_out(connection):
    report = check_marts(connection, run_id="run")
    assert report.results == ()


def test_checks_read_a_file_and_leave_it_as_it_was(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as opened:
        opened.execute("create schema marts")
        opened.execute("create schema raw_matchback")
        opened.execute("create table raw_matchback.run_context as select now() as as_of")
        opened.execute(
            "create table marts.dim_customers as select 'k' as customer_key, 1 as record_count"
        )
    before = path.read_bytes()
    report = check_marts(path, run_id="run")
    assert len(report.results) == 2
    assert report.failures == ()
    assert path.read_bytes() == before


def test_names_and_reasons_are_there_and_rule_names_unique():
    for make in suites().values():
        suite = make()
        names = [rule.name for rule in suite.rules]
        assert len(names) == len(set(names)), suite.name
        assert all(len(rule.why) > 10 for rule in suite.rules)
    assert "fct_jobs" in mart_tables()


def test_rows_for_the_log_of_checks_have_its_columns(connection):
    ran(connection, 0, 1)
    report = check_raw(connection, "pcm", "main", run_id="run", as_of=NOW)
    assert {tuple(row) for row in result_rows(report.results)} == {COLUMNS}


def test_naming_the_suites_does_not_import_great_expectations():
    code = (
        "import sys, expectations, expectations.registry as registry; registry.mart_tables(); "
        "print('great_expectations' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_rule_becomes_the_expectation_it_names():
    rule = Rule("x", "info", "Because.", "ExpectColumnValuesToNotBeNull", {"column": "a"})
    expectation = rule.to_gx()
    assert (expectation.column, str(expectation.severity.value)) == ("a", "info")
