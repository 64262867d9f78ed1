"""Records of open discrepancies are read again from their vendors, once, bounded and on record.

Real HTTP: the sandbox vendors serve a world in which records are corrected without any date of
change moving, which the usual reads cannot see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingestion.reread import can_reread, reread_records
from ingestion.run import land_account
from ingestion.sandbox import Fault, Sandbox, build_world
from ingestion.settings import Settings, load_settings
from orchestration.lib.audit_log import last_actions, verify
from orchestration.lib.rereads import reread_discrepancies
from orchestration.lib.warehouse import create_own_tables, open_warehouse

pytestmark = pytest.mark.slow

ENTITIES = {
    "servicetitan": ["jobs", "invoices"],
    "hubspot": ["deals"],
    "quickbooks": ["invoices"],
    "pcm": ["orders", "recipients", "mail_tracking"],
}
# Corrected at the vendor, without a word: canonical word, raw id, what is set right.
CORRECTIONS = {
    "servicetitan": (
        "jobs",
        """select job_id from base.jobs where account = 'north' and completed_at < serve.now()
        and gone_at is null order by job limit 1""",
        "update base.jobs set source = 3 - source % 2 where job_id = {id} and account = 'north'",
    ),
    "hubspot": (
        "crm_deals",
        "select deal_id from base.deals where invoiced_at < serve.now() order by 1 limit 1",
        "update base.deals set total_cents = total_cents + 4242 where deal_id = {id}",
    ),
    "quickbooks": (
        "invoices",
        """select book_invoice_id from base.book_invoices where happened_at < serve.now()
        and deleted_at is null order by 1 limit 1""",
        "update base.book_invoices set total_cents = total_cents + 1 where book_invoice_id = {id}",
    ),
    "pcm": (
        "mail_pieces",
        """select piece_id from base.pieces inner join base.drops using (drop)
        where drops.delivered_at < serve.now() and not outside_area order by 1 limit 1""",
        "update base.pieces set outside_area = true where piece_id = '{id}'",
    ),
}


@dataclass
class Home:
    """An operator whose vendors were read once, an hour ago."""

    sandbox: Sandbox
    folder: Path

    def settings(self) -> Settings:
        environment = {**self.sandbox.credentials, "MATCHBACK_NOW": self.sandbox.now.isoformat()}
        return load_settings(
            home=self.folder, path=self.folder / "matchback.toml", environment=environment
        )

    def correct(self, vendor: str) -> tuple[str, str]:
        """Set one record right at the vendor; its canonical word and id."""
        word, find, change = CORRECTIONS[vendor]
        found = self.sandbox.world.connection.execute(find).fetchone()
        assert found
        self.sandbox.world.connection.execute(change.format(id=found[0]))
        self.sandbox.advance(0)
        return word, str(found[0])

    def rows(self, sql: str) -> list[tuple]:
        with open_warehouse(self.settings()) as connection:
            return connection.execute(sql).fetchall()


def account_of(vendor: str) -> str:
    return "north" if vendor == "servicetitan" else "main"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    world = build_world("tiny", seed=3, anchor=date(2026, 10, 14))
    with Sandbox(world).start() as sandbox:
        one = Home(sandbox, tmp_path_factory.mktemp("rereads"))
        (one.folder / "matchback.toml").write_text(sandbox.settings_toml(one.folder))
        settings = one.settings()
        with open_warehouse(settings) as connection:
            create_own_tables(connection)
        for source, entities in ENTITIES.items():
            result = land_account(
                settings, source, account_of(source), run_id="first", now=settings.now(),
                entities=entities,
            )  # fmt: skip
            assert result.is_complete, result.error
        sandbox.advance(1)
        yield one


@pytest.mark.parametrize("vendor", CORRECTIONS)
def test_a_record_read_again_by_id_lands_only_when_it_changed(home: Home, vendor: str) -> None:
    word, record_id = home.correct(vendor)
    settings = home.settings()
    state = home.rows(f"select max(version) from raw_{vendor}._dlt_pipeline_state")
    before = home.rows(f"select count(*) from raw_{vendor}.{ENTITIES[vendor][0]}")

    def again(run_id: str):
        return reread_records(
            settings, vendor, account_of(vendor), {word: [record_id]},
            run_id=run_id, now=settings.now(),
        )  # fmt: skip

    first = again("second")
    assert first.error is None
    assert first.outcome(record_id) == "changed"
    assert sum(item.landed_count for item in first.entities) == 1
    after = home.rows(f"select count(*) from raw_{vendor}.{ENTITIES[vendor][0]}")
    if vendor != "pcm":
        assert after[0][0] == before[0][0] + 1  # appended, nothing overwritten
    second = again("third")
    assert second.outcome(record_id) == "unchanged"
    assert sum(item.landed_count for item in second.entities) == 0
    # The cursor and the status of the source stand where the usual read left them.
    assert home.rows(f"select max(version) from raw_{vendor}._dlt_pipeline_state") == state
    runs = home.rows(
        f"select distinct run_id from raw_matchback.source_runs where source = '{vendor}'"
    )
    assert runs == [("first",)]


def test_an_id_the_vendor_does_not_know_is_not_answered_and_buries_nothing(home: Home) -> None:
    settings = home.settings()
    deleted = "select count(*) from raw_servicetitan.jobs where is_deleted"
    before = home.rows(deleted)
    result = reread_records(
        settings, "servicetitan", "north", {"jobs": ["999999999"]}, run_id="x", now=settings.now()
    )
    assert (result.outcome("999999999"), result.error) == ("not answered", None)
    assert home.rows(deleted) == before


def test_what_has_no_id_at_its_vendor_is_not_asked_for() -> None:
    assert can_reread("servicetitan", "jobs")
    assert not can_reread("servicetitan", "timesheets")
    assert not can_reread("import", "jobs")


def open_discrepancies(home: Home, jobs: list[str], opened_at: datetime) -> None:
    """As the last build left them: one critical, the others warnings."""
    with open_warehouse(home.settings()) as connection:
        connection.execute("delete from raw_matchback.finding_log")
        connection.execute("create schema if not exists staging")
        connection.execute(
            "create or replace table staging.seed_finding_rules as select * from (values "
            "('crm', 'critical', true), ('slot', 'warning', true), ('identity', 'warning', false)"
            ") as rows (rule, severity, is_reread)"
        )
        for number, job in enumerate(jobs):
            for rule in ("crm" if number == 0 else "slot", "identity"):
                connection.execute(
                    "insert into raw_matchback.finding_log by name select 'b1' as run_id, "
                    "?::timestamptz as seen_at, 'reconciliation' as finding_kind, ? as finding_key,"
                    " ? as rule, 'servicetitan' as source, 'north' as account, 'jobs' as entity, "
                    "? as entity_id, 'opened' as event",
                    [opened_at.isoformat(), f"{rule}-{job}", rule, job],
                )


@pytest.fixture
def jobs(home: Home) -> list[str]:
    rows = home.rows("select record_id from raw_servicetitan.jobs order by record_id limit 3")
    return [record for (record,) in rows]


def limited(home: Home, count: int) -> Settings:
    settings = home.settings()
    limits = settings.limits.model_copy(update={"rereads_per_night": count})
    return settings.model_copy(update={"limits": limits})


def test_open_discrepancies_are_read_once_worst_first_within_the_nights_limit(
    home: Home, jobs: list[str]
) -> None:
    open_discrepancies(home, jobs, home.sandbox.now - timedelta(hours=1))
    assert reread_discrepancies(limited(home, 2), run_id="n1") == {"unchanged": 2}
    first, second = last_actions(home.settings(), limit=2)
    assert second["entity_id"] == f"crm-{jobs[0]}"  # the critical one went first
    assert {(row["actor"], row["action"], row["detail"]) for row in (first, second)} == {
        ("matchback", "reread", "unchanged")
    }
    # The night's limit is spent; the next night goes on with the one that is left.
    assert reread_discrepancies(limited(home, 2), run_id="n2") == {}
    home.sandbox.advance(25)
    assert reread_discrepancies(limited(home, 2), run_id="n3") == {"unchanged": 1}
    assert reread_discrepancies(limited(home, 2), run_id="n4") == {}
    assert verify(home.settings()) == []


def test_a_vendor_that_is_down_is_asked_again_and_a_reopened_finding_too(
    home: Home, jobs: list[str]
) -> None:
    home.sandbox.advance(25)
    open_discrepancies(home, jobs[:1], home.sandbox.now - timedelta(hours=1))
    home.sandbox.faults.set("servicetitan", "*", Fault("status", times=None, status=404))
    try:
        assert reread_discrepancies(limited(home, 9), run_id="n5") == {"failed": 1}
    finally:
        home.sandbox.faults.clear()
    home.sandbox.advance(1)
    assert reread_discrepancies(limited(home, 9), run_id="n6") == {"unchanged": 1}
    assert reread_discrepancies(limited(home, 9), run_id="n7") == {}


def test_before_the_first_build_nothing_is_read_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, fixed_now=datetime(2026, 10, 1, tzinfo=UTC))
    with duckdb.connect(":memory:") as connection:
        connection.execute("select 1")
    assert reread_discrepancies(settings, run_id="n0") == {}
