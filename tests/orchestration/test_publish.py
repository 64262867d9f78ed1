"""Publishing: whole or not at all, readable by old readers, no personal data."""

from __future__ import annotations

import stat
from pathlib import Path

import duckdb
import pytest

from ingestion.errors import PublishError
from orchestration.lib.publish import publish_marts

COMMENTS = {"fct_jobs": ("One row per work order.", {"job_id": "The vendor's id, it's text."})}


@pytest.fixture
def warehouse(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(tmp_path / "warehouse.duckdb"))
    connection.execute("create schema marts; create schema restricted")
    connection.execute(
        "create table marts.fct_jobs as select * from (values "
        "('j1', 'k1', 10.25::decimal(18,2)), ('jane@example.com', 'k2', 0.75::decimal(18,2))) "
        "as rows(job_id, job_key, net_revenue_amount)"
    )
    connection.execute("create table restricted.customers as select 'k' as customer_key")
    return connection


def publish(
    connection: duckdb.DuckDBPyConnection, folder: Path, run_id: str = "r1"
) -> tuple[object, ...]:
    return publish_marts(
        connection, folder=folder, run_id=run_id, run_facts={"run_id": run_id}, comments=COMMENTS
    )


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(":memory:") as reader:
        reader.execute(f"attach '{folder / 'marts.duckdb'}' as published (read_only)")
        return reader.execute(sql).fetchall()


def test_tables_comments_parquet_and_facts_are_there(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "published"
    (table,) = publish(warehouse, folder)
    assert (table.name, table.row_count, table.totals) == (
        "fct_jobs",
        2,
        {"net_revenue_amount": "11.00"},
    )
    assert rows(
        folder, "select sum(net_revenue_amount)::varchar from published.marts.fct_jobs"
    ) == [("11.00",)]
    assert rows(folder, "select comment from duckdb_tables() where table_name = 'fct_jobs'") == [
        ("One row per work order.",)
    ]
    assert rows(folder, f"select count(*) from '{folder}/parquet/fct_jobs.parquet'") == [(2,)]
    assert '"run_id": "r1"' in (folder / "run.json").read_text()


def test_an_old_reader_can_read_the_file(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    publish(warehouse, tmp_path / "published")
    # Bytes 12 to 19 of a DuckDB file are its storage version: 64 and 65 are read by 1.2.
    header = (tmp_path / "published" / "marts.duckdb").read_bytes()[12:20]
    assert int.from_bytes(header, "little") <= 65


def test_personal_files_are_for_their_owner_only(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    publish(warehouse, tmp_path / "published")
    mode = (tmp_path / "published" / "restricted.duckdb").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_an_id_that_is_an_email_is_masked_and_stays_joinable(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    warehouse.execute("create table marts.fct_leads as select job_id from marts.fct_jobs")
    folder = tmp_path / "published"
    publish(warehouse, folder)
    ids = [
        value for (value,) in rows(folder, "select job_id from published.marts.fct_jobs order by 1")
    ]
    assert ids[0] == "j1"
    assert str(ids[1]).startswith("masked:")
    joined = rows(
        folder,
        "select count(*) from published.marts.fct_jobs "
        "join published.marts.fct_leads using (job_id)",
    )
    assert joined == [(2,)]


def test_a_reader_keeps_its_run_while_the_next_is_swapped_in(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "published"
    publish(warehouse, folder, "r1")
    with duckdb.connect(":memory:") as reader:
        reader.execute(f"attach '{(folder / 'marts.duckdb').resolve()}' as published (read_only)")
        warehouse.execute("delete from marts.fct_jobs")
        publish(warehouse, folder, "r2")
        assert reader.execute("select count(*) from published.marts.fct_jobs").fetchone() == (2,)
    assert rows(folder, "select count(*) from published.marts.fct_jobs") == [(0,)]


def test_the_last_three_runs_are_kept(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    for number in range(5):
        publish(warehouse, tmp_path / "published", f"r{number}")
    kept = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert kept == ["r2", "r3", "r4"]


def test_a_failure_leaves_the_published_run_and_no_debris(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "published"
    publish(warehouse, folder, "r1")

    def fail(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("orchestration.lib.publish._sync_to_disk", fail)
    with pytest.raises(Exception, match="full"):
        publish(warehouse, folder, "r2")
    assert folder.resolve().name == "r1"
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["r1"]


def test_a_folder_that_is_not_ours_is_refused(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "published").mkdir()
    with pytest.raises(PublishError, match="name another publish folder"):
        publish(warehouse, tmp_path / "published")


def test_no_marts_is_said_in_a_sentence(tmp_path: Path) -> None:
    with duckdb.connect(":memory:") as empty, pytest.raises(PublishError, match="no marts yet"):
        publish(empty, tmp_path / "published")
