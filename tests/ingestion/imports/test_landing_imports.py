"""An import folder lands through the same lander as every vendor: once, and only what is new."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion.imports.tables import TABLES
from ingestion.results import AccountResult
from ingestion.run import land_account
from ingestion.settings import Settings, load_settings
from tests.ingestion.imports.support import read_all, write

# Each test runs dlt.
pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).parents[3] / "data" / "samples"
NIGHT = datetime(2026, 11, 20, 7, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = write(tmp_path / "drop", {})
    home = write(tmp_path / "home", {"matchback.toml": f'imports = ["{folder}"]\n'})
    return load_settings(home=home, path=home / "matchback.toml", environment={})


def night(settings: Settings, number: int, entities: list[str]) -> AccountResult:
    return land_account(
        settings,
        "import",
        "drop",
        run_id=f"night {number}",
        now=NIGHT + timedelta(days=number),
        entities=entities,
    )


def counts(result: AccountResult) -> list[tuple[int, int, int, int]]:
    return [
        (one.read_count, one.landed_count, one.rejected_count, one.unchanged_count)
        for one in result.entities
    ]


def landed(settings: Settings, sql: str) -> list[tuple]:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_same_folder_again_adds_nothing_and_a_changed_row_is_a_version(settings):
    folder = settings.imports[0]
    head = "source,job_id,created_at,status\n"
    write(folder, {"jobs.csv": head + "st,1,2026-01-01,new\nst,2,2026-01-01,new\nst,3,x,new\n"})
    first = night(settings, 0, ["jobs"])
    assert first.is_complete
    assert counts(first) == [(3, 2, 1, 0)]
    assert counts(night(settings, 1, ["jobs"])) == [(3, 0, 1, 2)]

    write(folder, {"jobs.csv": head + "st,1,2026-01-01,done\nst,1,2026-01-01,done\n"})
    assert counts(night(settings, 2, ["jobs"])) == [(2, 1, 0, 1)]
    rows = landed(
        settings,
        "select record_id, payload ->> '$.status', is_deleted from raw_import.jobs order by all",
    )
    assert rows == [("st|1", "done", False), ("st|1", "new", False), ("st|2", "new", False)]
    rejects = landed(settings, "select location, column_name, reason from raw_matchback.rejects")
    assert set(rejects) == {
        (
            "jobs.csv:4",
            "created_at",
            (
                "Column created_at is no instant such as 2026-10-01T12:00:00Z "
                "(or name its date_format)."
            ),
        )
    }


def test_superseded_rows_count_as_unchanged_and_never_land(settings):
    head = "source,job_id,created_at,status\n"
    write(
        settings.imports[0],
        {
            "jobs_1.csv": head + "st,1,2026-01-01,old\n",
            "jobs_2.csv": head + "st,1,2026-01-01,current\n",
        },
    )
    assert counts(night(settings, 0, ["jobs"])) == [(2, 1, 0, 1)]
    assert counts(night(settings, 1, ["jobs"])) == [(2, 0, 0, 2)]
    assert landed(settings, "select payload ->> '$.status' from raw_import.jobs") == [("current",)]


def test_deletions_land_as_tombstones_and_vanished_rows_stay(settings):
    head = "source,job_id,created_at,updated_at,deleted_at\n"
    folder = settings.imports[0]
    write(folder, {"jobs.csv": head + "st,1,2026-01-01,2026-01-02,\nst,2,2026-01-01,2026-01-02,\n"})
    night(settings, 0, ["jobs"])
    write(folder, {"jobs.csv": head + "st,1,2026-01-01,2026-01-02,2026-02-01\n"})
    night(settings, 1, ["jobs"])
    rows = landed(
        settings, "select record_id, is_deleted from raw_import.jobs order by _loaded_at, record_id"
    )
    assert rows == [("st|1", False), ("st|2", False), ("st|1", True)]


def test_a_wrong_map_is_the_accounts_fault_and_nothing_lands(settings):
    write(settings.imports[0], {"imports.toml": "[[file]]\ncolour = 1\n"})
    result = night(settings, 0, ["jobs", "invoices"])
    assert not result.is_complete
    assert "imports.toml" in str(result.error)
    assert [one.is_complete for one in result.entities] == [False, False]


def test_accounts_of_rows_and_notes_of_tables_reach_the_result(settings):
    content = "source,account,job_id,created_at,wings\nst,north,1,2026-01-01,2\nst,,2,2026-01-01,\n"
    write(settings.imports[0], {"jobs.csv": content})
    result = night(settings, 0, ["jobs"])
    assert landed(settings, "select account, record_id from raw_import.jobs order by all") == [
        ("main", "st|2"),
        ("north", "st|1"),
    ]
    assert "wings" in result.entities[0].notes[0]


def test_no_scratch_file_stays_behind(settings):
    write(settings.imports[0], {"jobs.csv": "source,job_id,created_at\nst,1,2026-01-01\n"})
    night(settings, 0, ["jobs"])
    assert list((settings.state_dir / "scratch").iterdir()) == []


def test_the_sample_fills_every_table_and_rejects_nothing():
    found = read_all(SAMPLES / "imports")
    assert {name for name, read in found.items() if read.rows} == set(TABLES)
    assert [reject for read in found.values() for reject in read.rejects] == []
    assert [note for read in found.values() for note in read.notes] == []


def test_the_samples_expected_figures_follow_from_its_lines():
    found = read_all(SAMPLES / "imports", tables=["invoices", "invoice_lines", "credits"])
    invoices = {(row["source"], row["invoice_id"]): row for row in found["invoices"].payloads}
    lines: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    has_lines = set()
    for line in found["invoice_lines"].payloads:
        key = (line["source"], line["invoice_id"])
        has_lines.add(key)
        if line["kind"] not in ("tax", "deposit"):
            lines[key] += Decimal(line["amount"])
    net: dict[str, Decimal] = defaultdict(Decimal)
    for key, invoice in invoices.items():
        if invoice["source"] == "servicetitan" and invoice["status"] != "void":
            amount = lines[key] if key in has_lines else Decimal(invoice["subtotal_amount"])
            net[invoice.get("job_number", "")] += amount
    for credit in found["credits"].payloads:
        if credit["kind"] != "write_off" and "invoice_id" in credit:
            invoice = invoices[(credit["source"], credit["invoice_id"])]
            net[invoice["job_number"]] -= Decimal(credit["amount"])
    expected = SAMPLES / "expected"
    with (expected / "job_credits.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        assert net[row["job_id"]] == Decimal(row["net_revenue_amount"]), row
    with (expected / "campaign_headline.csv").open() as stream:
        for row in csv.DictReader(stream):
            mine = [one for one in rows if one["campaign_id"] == row["campaign_id"]]
            assert len(mine) == int(row["jobs"])
            total = sum(Decimal(one["net_revenue_amount"]) for one in mine)
            assert total == Decimal(row["net_revenue_amount"])
    assert sum(net.values()) == Decimal("19849.50")
