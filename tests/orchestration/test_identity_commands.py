"""The operator's word on identity, given at the command line, and what a night makes of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dbt_project.linkage.addresses import collect_addresses
from dbt_project.linkage.households import resolve_addresses
from dbt_project.linkage.link import LinkageSettings, link_records
from ingestion.settings import load_settings
from orchestration.commands.identity import identity
from orchestration.lib import audit_log
from orchestration.lib.warehouse import create_own_tables, open_warehouse
from tests.linkage.helpers import people
from tests.linkage.world import NOW, nicknames

HOME = {"address_line_1": "12 Oak St", "city": "Austin", "state": "TX", "postal_code": "78702"}
RECORDS = people(
    {"name": "Jon Harwood", **HOME, "source": "crm", "customer_id": "1"},
    {"name": "Jonathan Harwood", **HOME, "source": "books", "customer_id": "2"},
    {"name": "Vera Quist", "source": "crm", "customer_id": "3", "city": "Austin"},
    {"name": "Vera Quist", "source": "books", "customer_id": "4", "city": "Dallas"},
)


class Operator:
    """A home, its nights, and somebody at the command line."""

    def __init__(self, home: Path) -> None:
        self.settings = load_settings(home=home)
        self.nights = 0
        self.settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
        with open_warehouse(self.settings) as connection:
            create_own_tables(connection)
            connection.execute("create schema intermediate")

    def night(self) -> dict[str, str]:
        """Link; returns the customer key by source:id."""
        self.nights += 1
        instant = self.settings.now() + timedelta(days=self.nights)
        with open_warehouse(self.settings) as connection:
            connection.register("given", RECORDS)
            connection.execute("create or replace table records as from given")
            collect_addresses(connection, source="records", target="collected")
            resolve_addresses(
                connection,
                source="collected",
                target="addresses",
                own_address="",
                run_id=f"n{self.nights}",
                as_of=instant,
                is_live=True,
            )
            linked = link_records(
                connection,
                source="records",
                addresses="addresses",
                nicknames=nicknames(),
                settings=LinkageSettings(f"n{self.nights}", instant),
            )
            connection.register("found", linked)
            connection.execute(
                "create or replace table intermediate.int_identity__records_keyed as "
                "select records.*, found.* exclude (record_key) "
                "from records inner join found using (record_key)"
            )
            rows = connection.execute(
                "select source || ':' || customer_id, customer_key "
                "from intermediate.int_identity__records_keyed"
            ).fetchall()
        return dict(rows)

    def says(self, *words: str) -> str:
        done = CliRunner().invoke(identity, list(words), env={"COLUMNS": "160"})
        assert done.exit_code == 0, done.output + repr(done.exception)
        return done.output


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    monkeypatch.setenv("MATCHBACK_HOME", str(tmp_path))
    monkeypatch.setenv("MATCHBACK_NOW", NOW.isoformat())
    return Operator(tmp_path)


def test_words_are_given_kept_audited_and_outrank_the_model(operator: Operator) -> None:
    first = operator.night()
    assert first["crm:1"] == first["books:2"]
    assert first["crm:3"] != first["books:4"]

    shown = operator.says("review")
    assert "crm:main:3" in shown
    assert "books:main:4" in shown
    assert "80.0% one person" in shown
    assert "last: same" in shown

    assert "Decision 1" in operator.says("separate", "crm:1", "books:2", "--note", "two cousins")
    assert "Decision 2" in operator.says("confirm", "crm:3", "books:4", "--actor", "anna")
    assert "Nothing to review" in _after_night(operator)
    second = operator.night()
    assert second["crm:1"] != second["books:2"]
    assert second["crm:3"] == second["books:4"]
    assert operator.night() == second  # in every later run

    listed = operator.says("decisions")
    assert "two cousins" in listed
    assert "anna" in listed
    operator.says("undo", "1")
    third = operator.night()
    assert third["crm:1"] == third["books:2"] == first["crm:1"]

    actions = [row["action"] for row in audit_log.last_actions(operator.settings, limit=5)]
    assert actions == ["identity undo", "identity confirm", "identity separate"]
    assert audit_log.verify(operator.settings) == []


def _after_night(operator: Operator) -> str:
    operator.night()
    return operator.says("review")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["confirm", "crm:1", "crm:1"], "are the same record"),
        (["confirm", "crm:1", "crm:99"], "No customer record goes by 'crm:99'"),
        (["undo", "7"], "no confirmation or separation with number 7"),
    ],
)
def test_a_wrong_word_is_a_clear_fault(operator: Operator, words: list[str], fault: str) -> None:
    operator.night()
    done = CliRunner().invoke(identity, words)
    assert done.exit_code != 0
    assert fault in str(done.exception)


def test_calibration_is_reported_against_labels(operator: Operator, tmp_path: Path) -> None:
    operator.night()
    rows: list[dict[str, Any]] = [
        {"source": "crm", "customer_id": "1", "person_id": "jon"},
        {"source": "books", "customer_id": "2", "person_id": "jon"},
        {"source": "crm", "customer_id": "3", "person_id": "vera"},
        {"source": "books", "customer_id": "4", "person_id": "vera"},
    ]
    labels = tmp_path / "labels.csv"
    lines = ["source,customer_id,person_id", *(",".join(row.values()) for row in rows)]
    labels.write_text("\n".join(lines) + "\n")
    said = operator.says("calibration", str(labels))
    assert "4 labelled records: precision 1.0000, recall 0.5000, F1 0.6667" in said
    assert "0.800" in said
    labels.write_text("source,person_id\ncrm,jon\n")
    done = CliRunner().invoke(identity, ["calibration", str(labels)])
    assert "has no column customer_id" in str(done.exception)
