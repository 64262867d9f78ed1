"""`matchback why`: the story of a job, told from the published file in under a second."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from ingestion.errors import SettingsError
from orchestration.commands import why
from orchestration.lib.published import attach

JOBS = """
    create table marts.marts.fct_jobs as
    select
        md5('job' || i) as job_key, 'servicetitan' as source,
        case when i % 2 = 0 then 'north' else 'south' end as account, 'J' || i as job_id,
        'N' || (i // 2) as job_number, 'Completed' as state, 'Repair' as job_type,
        'new' as customer_class, 100.00::decimal(18, 2) as net_revenue_amount,
        timestamptz '2026-05-20 15:00:00+00' as first_contact_at
    from range(200000) as numbers (i)
"""
STORY = """
    create table marts.marts.rpt_job_story as
    select
        md5('job' || i) as job_key, step::integer as step,
        timestamptz '2026-05-20 15:00:00+00' as happened_at, 'candidate' as kind,
        'Postcard P' || i || ' refused, before window.' as text,
        null::decimal(18, 2) as credit_amount
    from range(200000) as numbers (i), range(1, 6) as steps (step)
    order by job_key, step
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("why")
    (home / "published").mkdir()
    with duckdb.connect(str(home / "published" / "marts.duckdb")) as connection:
        connection.execute("create schema marts.marts")
        connection.execute(JOBS)
        connection.execute(STORY)
    return home


@pytest.fixture
def told(published: Path, monkeypatch: pytest.MonkeyPatch) -> duckdb.DuckDBPyConnection:
    monkeypatch.setenv("MATCHBACK_HOME", str(published))
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    attach(connection, published / "published" / "marts.duckdb")
    return connection


def test_a_job_is_found_by_id_number_and_key(told: duckdb.DuckDBPyConnection) -> None:
    by_id = why.find_job(told, "J7")
    assert why.find_job(told, by_id["job_key"]) == by_id
    assert why.find_job(told, "N3", account="south") == by_id


def test_a_number_of_two_jobs_asks_which(told: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(SettingsError, match="2 jobs are called 'N3'"):
        why.find_job(told, "N3")


def test_an_unknown_job_says_how_to_look_it_up(told: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(SettingsError, match="No published job"):
        why.find_job(told, "'; drop table fct_jobs --")


def test_the_story_comes_in_order_and_in_under_a_second(told: duckdb.DuckDBPyConnection) -> None:
    started = time.process_time()
    steps = why.job_steps(told, why.find_job(told, "J199999")["job_key"])
    assert time.process_time() - started < 1.0
    assert [step["step"] for step in steps] == [1, 2, 3, 4, 5]


def test_the_command_tells_the_story(told: duckdb.DuckDBPyConnection) -> None:
    app = typer.Typer()
    app.callback()(lambda: None)
    why.register(app)
    result = CliRunner().invoke(app, ["why", "J7"], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert "Postcard P7 refused, before window." in result.output
