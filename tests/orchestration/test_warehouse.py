"""One writer at a time, and a sentence for each way the warehouse can be out of reach."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ingestion.errors import (
    AlreadyRunningError,
    DiskFullError,
    SettingsError,
    WarehouseLockedError,
)
from ingestion.settings import Settings
from ingestion.settings_model import Limits
from orchestration.lib.ledger_tables import SCHEMA_VERSION, create_ledger_tables
from orchestration.lib.warehouse import (
    create_own_tables,
    open_warehouse,
    require_free_disk,
    single_run,
)

HOLD = """
import sys, time
{body}
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, limits=Limits(lock_wait_seconds=0.3, memory_limit="1GB"))


@pytest.fixture
def holder() -> Iterator[object]:
    """Start another process that holds something until the test ends."""
    processes: list[subprocess.Popen[str]] = []

    def start(body: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD.format(body=body)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "held"
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()


def test_a_warehouse_held_by_another_process_names_it(settings: Settings, holder: object) -> None:
    settings.warehouse.parent.mkdir(parents=True)
    process = holder(f"import duckdb; c = duckdb.connect({str(settings.warehouse)!r})")  # type: ignore[operator]
    with pytest.raises(WarehouseLockedError, match=str(process.pid)), open_warehouse(settings):
        pass
    process.kill()
    process.wait()
    with open_warehouse(settings) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_second_run_in_the_same_home_says_already_running(
    settings: Settings, holder: object
) -> None:
    body = (
        "from pathlib import Path\n"
        "from ingestion.settings import Settings\n"
        "from orchestration.lib.warehouse import single_run\n"
        f"lock = single_run(Settings(home=Path({str(settings.home)!r})), name='nightly')\n"
        "lock.__enter__()"
    )
    process = holder(body)  # type: ignore[operator]
    with (
        pytest.raises(AlreadyRunningError, match=str(process.pid)) as caught,
        single_run(settings, name="nightly"),
    ):
        pass
    assert caught.value.exit_code == 0
    process.kill()
    process.wait()
    with single_run(settings, name="nightly"):
        pass


def test_locks_of_two_homes_never_meet(settings: Settings, tmp_path: Path) -> None:
    other = Settings(home=tmp_path / "other")
    with single_run(settings, name="nightly"), single_run(other, name="nightly"):
        pass


def test_a_full_disk_is_said_before_the_run(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, limits=Limits(minimum_free_megabytes=10**9))
    with pytest.raises(DiskFullError, match="free some space"):
        require_free_disk(settings)


def test_creating_the_tables_twice_keeps_their_rows(settings: Settings) -> None:
    with open_warehouse(settings) as connection:
        create_own_tables(connection)
        connection.execute("insert into raw_matchback.alert_log (alert_id) values ('a')")
        create_own_tables(connection)
        assert connection.execute("select count(*) from raw_matchback.alert_log").fetchone() == (1,)


def test_a_warehouse_of_a_newer_release_is_left_alone() -> None:
    with duckdb.connect(":memory:") as connection:
        create_ledger_tables(connection)
        connection.execute(
            "insert into raw_matchback.schema_version values (?, now())", [SCHEMA_VERSION + 1]
        )
        with pytest.raises(SettingsError, match="newer release"):
            create_ledger_tables(connection)


def test_waiting_for_a_lock_ends_in_time(settings: Settings, holder: object) -> None:
    settings.warehouse.parent.mkdir(parents=True)
    holder(f"import duckdb; c = duckdb.connect({str(settings.warehouse)!r})")  # type: ignore[operator]
    started = time.monotonic()
    with pytest.raises(WarehouseLockedError), open_warehouse(settings):
        pass
    assert time.monotonic() - started < 10
