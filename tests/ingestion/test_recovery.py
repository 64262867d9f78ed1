"""Crashes, locks, lost folders, refused packages: the next run recovers, nothing is doubled."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingestion.errors import AlreadyRunningError, DiskFullError, WarehouseLockedError
from ingestion.landing import landed_page
from ingestion.pipelines import AccountPipeline, PoisonPackageError
from tests.ingestion.conftest import SECRETS, Home, Reply, Request, Vendor

JOBS = "/jpm/v2/tenant/77/export/jobs"
CANARY = ("Canary Jane", "canary@example.com", "512-555-0142")

HOLDER = """
import duckdb, sys, time
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
time.sleep(60)
"""


class Feed:
    """An export feed whose token is how many rows were given."""

    def __init__(self, vendor: Vendor, rows: int) -> None:
        self.rows = [self.row(number) for number in range(rows)]
        self.asked: list[int] = []
        vendor.on(JOBS, self.answer)

    @staticmethod
    def row(number: int) -> dict[str, Any]:
        return {"id": number, "modifiedOn": "2026-09-30T10:00:00Z", "name": CANARY[0]}

    def answer(self, request: Request) -> Reply:
        begin = int(request.query.get("from") or 0)
        self.asked.append(begin)
        some = self.rows[begin : begin + 100]
        more = begin + 100 < len(self.rows)
        end = str(begin + len(some))
        return Reply({"hasMore": more, "continueFrom": end, "data": some})


@pytest.fixture
def holder(home: Home) -> Iterator[list[subprocess.Popen[str]]]:
    running: list[subprocess.Popen[str]] = []
    yield running
    for process in running:
        process.kill()
        process.wait()


def hold(home: Home, running: list[subprocess.Popen[str]]) -> int:
    file = home.path / "warehouse" / "warehouse.duckdb"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file)], stdout=subprocess.PIPE, text=True
    )
    running.append(process)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process.pid


def release(running: list[subprocess.Popen[str]]) -> None:
    process = running.pop()
    process.kill()
    process.wait()


def counted(home: Home) -> tuple[int, int]:
    """Versions after the staging rule (crash doubles collapse), and records."""
    return home.query(
        """
        select count(distinct (record_id, payload_hash, modified_at, is_deleted)),
            count(distinct record_id)
        from raw_servicetitan.jobs
        """
    )[0]  # type: ignore[return-value]


def test_a_warehouse_held_by_another_process_is_named_and_the_data_loads_next_time(
    home: Home,
    vendor: Vendor,
    holder: list[subprocess.Popen[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    feed = Feed(vendor, 150)
    home.land("servicetitan", "campaigns")
    extract = AccountPipeline.extract

    def extract_and_hold(pipeline: AccountPipeline, source: object) -> None:
        extract(pipeline, source)
        hold(home, holder)

    with monkeypatch.context() as patched:
        patched.setattr(AccountPipeline, "extract", extract_and_hold)
        with pytest.raises(WarehouseLockedError) as caught:
            home.land("servicetitan", "jobs")
    assert f"PID {holder[0].pid}" in str(caught.value)
    with pytest.raises(WarehouseLockedError, match="PID"):
        home.land("servicetitan", "jobs")

    release(holder)
    feed.rows.append(feed.row(150))
    result = home.land("servicetitan", "jobs")
    assert result.is_complete
    # The pending package and what is new: each once, and nothing is fetched twice.
    assert counted(home) == (151, 151)
    assert home.query("select count(*) from raw_servicetitan.jobs") == [(151,)]
    assert feed.asked == [0, 100, 150]


def test_a_warehouse_that_is_locked_while_pages_come_in_costs_a_second_fetch_and_no_row(
    home: Home, vendor: Vendor, holder: list[subprocess.Popen[str]]
) -> None:
    feed = Feed(vendor, 150)

    def lock_meanwhile(request: Request) -> Reply:
        if not holder:
            hold(home, holder)
        return feed.answer(request)

    vendor.on(JOBS, lock_meanwhile)
    with pytest.raises(WarehouseLockedError, match="PID"):
        home.land("servicetitan", "jobs")
    release(holder)
    vendor.on(JOBS, feed.answer)
    assert home.land("servicetitan", "jobs").is_complete
    assert home.query("select count(*) from raw_servicetitan.jobs") == [(150,)]


def test_a_lost_working_folder_costs_neither_the_cursor_nor_a_row(
    home: Home, vendor: Vendor
) -> None:
    feed = Feed(vendor, 120)
    home.land("servicetitan", "jobs")
    shutil.rmtree(home.path / "state" / "dlt")
    feed.rows.append(feed.row(500))
    home.land("servicetitan", "jobs")
    assert feed.asked == [0, 100, 120]
    assert home.query("select count(*) from raw_servicetitan.jobs") == [(121,)]


def test_a_warehouse_restored_from_a_backup_gets_what_it_lacks(home: Home, vendor: Vendor) -> None:
    feed = Feed(vendor, 10)
    home.land("servicetitan", "jobs")
    file = home.path / "warehouse" / "warehouse.duckdb"
    shutil.copy(file, home.path / "backup.duckdb")
    feed.rows += [feed.row(100), feed.row(101)]
    home.land("servicetitan", "jobs")
    shutil.copy(home.path / "backup.duckdb", file)
    home.land("servicetitan", "jobs")
    assert counted(home) == (12, 12)


def test_a_refused_package_is_quarantined_alone_and_its_rows_come_again(
    home: Home, vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    feed = Feed(vendor, 30)
    vendor.on("/marketing/v2/tenant/77/campaigns", Reply({"hasMore": False, "data": [{"id": 1}]}))
    home.land("servicetitan", "campaigns")
    home.query("alter table raw_servicetitan.jobs alter column payload type integer")
    refused = home.land("servicetitan", "jobs")
    assert isinstance(refused.error, PoisonPackageError)
    assert not refused.is_complete
    assert len(list((home.path / "state" / "quarantine").iterdir())) == 1
    assert home.query(
        "select landed_count, is_complete from raw_matchback.source_runs where entity = 'jobs'"
    ) == [(0, False)]
    told = caplog.text + str(refused.error) + str(refused.error.__cause__)
    assert not any(canary in told for canary in CANARY)
    # The same pipeline lands other entities before the table is mended, and these after.
    vendor.on("/marketing/v2/tenant/77/campaigns", Reply({"hasMore": False, "data": [{"id": 2}]}))
    assert home.land("servicetitan", "campaigns").entities[0].landed_count == 1
    home.query("alter table raw_servicetitan.jobs alter column payload type varchar")
    assert home.land("servicetitan", "jobs").is_complete
    assert counted(home) == (30, 30)
    assert feed.asked == [0, 0]


def test_an_error_that_quotes_a_record_fails_its_entity_and_tells_nobodys_name(
    home: Home,
    vendor: Vendor,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    vendor.on("/crm/v3/owners", Reply({"results": [{"id": "1", "email": CANARY[1]}]}))

    def stumble(*_arguments: object) -> Iterator[Any]:
        yield landed_page(record_ids=["1"], payloads=[f'{{"name":"{CANARY[0]}"}}'])
        raise ValueError(f"could not read {CANARY}")

    monkeypatch.setattr("ingestion.sources.hubspot.read_objects", stumble)
    result = home.land("hubspot", "owners", "contacts")
    assert [item.is_complete for item in result.entities] == [True, False]
    assert "ValueError" in str(result.error)
    told = caplog.text + repr(result) + str(home.query("select * from raw_matchback.source_runs"))
    assert not any(canary in told for canary in CANARY)
    # What was read before it has landed.
    assert home.rows("hubspot.contacts") == ["1"]


def test_one_account_is_pulled_by_one_process_only(home: Home, vendor: Vendor) -> None:
    inner: list[BaseException] = []

    def pull_again(request: Request) -> Reply:
        try:
            home.land("servicetitan", "jobs")
        except AlreadyRunningError as error:
            inner.append(error)
        return Reply({"hasMore": False, "continueFrom": "a", "data": []})

    vendor.on(JOBS, pull_again)
    assert home.land("servicetitan", "jobs").is_complete
    assert len(inner) == 1


def test_too_little_disk_is_said_before_anything_is_fetched(home: Home, vendor: Vendor) -> None:
    home.limits["minimum_free_megabytes"] = 10**9
    with pytest.raises(DiskFullError, match="minimum_free_megabytes"):
        home.land("servicetitan", "jobs")
    assert vendor.requests == []


CHILD = """
import os, signal, sys
from datetime import datetime, timedelta, UTC
from pathlib import Path

import dlt
from dlt.destinations.impl.duckdb.duck import DuckDbCopyJob
from dlt.destinations.insert_job_client import InsertValuesLoadJob
from dlt.load.load import Load

from ingestion.pipelines import AccountPipeline
from ingestion.run import land_account
from ingestion.settings import load_settings
from ingestion.spool import Spool

home, point = Path(sys.argv[1]), sys.argv[2]


def die(*_args, **_more):
    os.kill(os.getpid(), signal.SIGKILL)


def after(owner, name):
    whole = getattr(owner, name)

    def run(*args, **more):
        whole(*args, **more)
        die()

    setattr(owner, name, run)


if point == "extracted":
    after(AccountPipeline, "extract")
elif point == "normalized":
    after(dlt.Pipeline, "normalize")
elif point == "first file loaded":
    after(DuckDbCopyJob, "run")
elif point == "cursor loaded":
    after(InsertValuesLoadJob, "run")
elif point == "package not closed":
    Load.complete_package = die
elif point == "status not written":
    Spool.drain = die
settings = load_settings(home=home, path=home / "matchback.toml")
now = datetime(2026, 10, 1, 7, tzinfo=UTC)
land_account(settings, "servicetitan", "main", run_id="killed", now=now, entities=["jobs"])
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "point",
    [
        "extracted",
        "normalized",
        "first file loaded",
        "cursor loaded",
        "package not closed",
        "status not written",
    ],
)
@pytest.mark.parametrize("is_folder_lost", [False, True])
def test_a_kill_at_any_point_loses_and_doubles_nothing(
    home: Home, vendor: Vendor, point: str, is_folder_lost: bool
) -> None:
    feed = Feed(vendor, 250)
    home.settings()
    script = home.path / "child.py"
    script.write_text(textwrap.dedent(CHILD))
    killed = subprocess.run(
        [sys.executable, str(script), str(home.path), point],
        env={**SECRETS, "PATH": "/usr/bin", "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr.decode()[-2000:]
    if is_folder_lost:
        shutil.rmtree(home.path / "state" / "dlt")
    feed.rows.append(feed.row(999))
    healed = home.land("servicetitan", "jobs")
    assert healed.is_complete
    assert counted(home) == (251, 251)
    assert home.land("servicetitan", "jobs").landed_count == 0
    latest = home.query(
        """
        select count(*)
        from (
            select * from raw_servicetitan.jobs
            qualify row_number() over (
                partition by account, record_id
                order by coalesce(modified_at, _loaded_at) desc, _loaded_at desc, _position desc
            ) = 1
        )
        """
    )
    assert latest == [(251,)]
    runs = home.query("select run_id, count(*) from raw_matchback.api_calls group by 1 order by 1")
    assert ("killed", 4) in runs


def test_a_missing_credential_is_said_once_for_all_entities_of_its_account(
    home: Home, vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    home.environment = {
        name: value for name, value in SECRETS.items() if not name.endswith("ACCESS_TOKEN")
    }
    result = home.land("hubspot", "owners", "contacts", "deals")
    assert not any(entity.is_complete for entity in result.entities)
    assert caplog.text.count("ACCESS_TOKEN") == 1
