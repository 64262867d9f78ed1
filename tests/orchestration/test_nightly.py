"""When marts are rebuilt, what is recorded, and that settings reach SQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings
from ingestion.settings_model import Attribution, Operator
from orchestration.lib.nightly import (
    CheckCounts,
    RunTotals,
    append_check_results,
    decide_build,
    leave_marker,
    local_day,
    record_run,
)
from orchestration.lib.run_context import settings_hash, write_run_context
from orchestration.lib.warehouse import create_own_tables

NIGHT = datetime(2026, 10, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        connection.execute("set TimeZone = 'UTC'")
        create_own_tables(connection)
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.fct_mail_pieces (campaign_key varchar, window_starts_on date)"
        )
        connection.execute(
            "create table marts.dim_campaigns (campaign_key varchar, response_window_days bigint)"
        )
        yield connection


def add_source_run(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    at: datetime,
    *,
    landed: int = 0,
    is_complete: bool = True,
) -> None:
    connection.execute(
        "insert into raw_matchback.source_runs by name select ? as run_id, 'pcm' as source, "
        "'main' as account, 'orders' as entity, ? as started_at, ? as finished_at, "
        "? as landed_count, 0 as rejected_count, ? as is_complete",
        [run_id, at, at, landed, is_complete],
    )


def finish_build(
    connection: duckdb.DuckDBPyConnection, settings: Settings, run_id: str, at: datetime
) -> None:
    write_run_context(connection, settings, run_id=run_id, as_of=at, started_at=at)
    record_run(
        connection,
        settings,
        run_id=run_id,
        as_of=at,
        started_at=at,
        finished_at=at,
        outcome="published",
        totals=RunTotals(),
        checks=CheckCounts(),
    )


def decide(
    connection: duckdb.DuckDBPyConnection, settings: Settings, *, days: int = 1, force: bool = False
) -> tuple[bool, str]:
    decision = decide_build(connection, settings, now=NIGHT + timedelta(days=days), force=force)
    return decision.is_needed, decision.reason


def test_the_first_night_builds(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    assert decide(warehouse, settings) == (True, "there is no finished build yet")


def test_a_night_with_nothing_new_is_skipped(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    finish_build(warehouse, settings, "r1", NIGHT)
    add_source_run(warehouse, "r2", NIGHT + timedelta(days=1))
    is_needed, reason = decide(warehouse, settings)
    assert not is_needed
    assert "nothing new" in reason


def test_one_new_version_builds(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    finish_build(warehouse, settings, "r1", NIGHT)
    add_source_run(warehouse, "r2", NIGHT + timedelta(days=1), landed=1)
    assert decide(warehouse, settings)[0]


def test_rows_the_last_build_already_saw_do_not_build_again(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    add_source_run(warehouse, "r1", NIGHT, landed=5)
    finish_build(warehouse, settings, "r1", NIGHT)
    assert not decide(warehouse, settings)[0]


def test_a_source_that_became_incomplete_builds(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    add_source_run(warehouse, "r1", NIGHT - timedelta(hours=1))
    finish_build(warehouse, settings, "r1", NIGHT)
    add_source_run(warehouse, "r2", NIGHT + timedelta(days=1), is_complete=False)
    assert decide(warehouse, settings) == (True, "a source became complete or incomplete")


def test_a_closing_window_builds_on_its_day_and_not_before(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    warehouse.execute("insert into marts.fct_mail_pieces values ('c', ?)", [date(2026, 9, 5)])
    finish_build(warehouse, settings, "r1", NIGHT)
    assert not decide(warehouse, settings, days=2)[0]
    is_needed, reason = decide(warehouse, settings, days=3)
    assert is_needed
    assert reason == "a response window closed on 2026-10-05"


def test_changed_settings_build(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    finish_build(warehouse, settings, "r1", NIGHT)
    other = settings.model_copy(update={"attribution": Attribution(windows=(45,))})
    assert decide(warehouse, other) == (True, "settings have changed since the last build")


def test_secrets_do_not_count_as_settings(settings: Settings) -> None:
    other = settings.model_copy(update={"environment": {"SOURCES__HUBSPOT__ACCESS_TOKEN": "x"}})
    assert settings_hash(other) == settings_hash(settings)


def test_force_builds(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    finish_build(warehouse, settings, "r1", NIGHT)
    assert decide(warehouse, settings, force=True)[0]


def test_settings_reach_sql_as_tables(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    for _ in range(2):
        write_run_context(warehouse, settings, run_id="r", as_of=NIGHT, started_at=NIGHT)
    context = warehouse.execute(
        "select as_of, headline_model, time_zone from raw_matchback.run_context"
    ).fetchall()
    assert context == [(NIGHT, "last", "America/New_York")]
    windows = warehouse.execute(
        "select window_label, window_days from raw_matchback.setting_windows order by 1"
    ).fetchall()
    assert windows == [("30", 30), ("60", 60), ("90", 90), ("campaign", None)]
    christmas = warehouse.execute(
        "select count(*) from raw_matchback.setting_holidays where holiday_on = '2026-12-25'"
    ).fetchone()
    assert christmas == (1,)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 10, 2, 3, 59, tzinfo=UTC), date(2026, 10, 1)),
        (datetime(2026, 10, 2, 4, 0, tzinfo=UTC), date(2026, 10, 2)),
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 12, 2, 4, 59, tzinfo=UTC), date(2026, 12, 1)),
    ],
)
def test_the_local_day_follows_daylight_saving(
    tmp_path: Path, instant: datetime, expected: date
) -> None:
    settings = Settings(home=tmp_path, operator=Operator(time_zone="America/New_York"))
    assert local_day(settings, instant) == expected


def test_checks_are_counted_by_what_they_hold_back(warehouse: duckdb.DuckDBPyConnection) -> None:
    def row(is_passed: bool, severity: str) -> dict[str, object]:
        return {
            "suite": "marts.fct_jobs",
            "table_name": "fct_jobs",
            "expectation": "e",
            "severity": severity,
            "is_passed": is_passed,
            "checked_count": 10,
            "failed_count": 0 if is_passed else 1,
        }

    counts = append_check_results(
        warehouse,
        [row(True, "critical"), row(False, "warning"), row(False, "info"), row(False, "critical")],
        run_id="r",
        checked_at=NIGHT,
    )
    assert counts == CheckCounts(passed=1, warned=2, failed=1)
    assert warehouse.execute("select count(*) from raw_matchback.check_results").fetchone() == (4,)


def test_the_marker_is_replaced_whole(settings: Settings) -> None:
    for run in ("r1", "r2"):
        file = leave_marker(settings, run_id=run, finished_at=NIGHT, outcome="published")
    assert '"r2"' in file.read_text()
    assert [path.name for path in file.parent.iterdir()] == [file.name]
