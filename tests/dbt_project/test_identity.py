"""Identity from landed records to marts, over two nights: merges, splits, keys, golden records."""

# ruff: noqa: E501 (lines of SQL, or of one record, read better unbroken)

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.settings import load_settings
from orchestration.lib.dbt_project import run_dbt
from orchestration.lib.run_context import write_run_context
from tests.dbt_project.landed import AS_OF, land_record

pytestmark = pytest.mark.slow
MODELS = (
    "--select",
    "path:models/intermediate/canonical",
    "path:models/intermediate/identity",
    "path:models/marts/identity",
    "path:models/restricted",
)
FLAT = {"street": "500 Tenant Ln", "unit": None, "city": "Austin", "state": "TX", "zip": "78701"}


def dispatch(number: int, name: str, **more: Any) -> dict[str, Any]:
    return {
        "table": "servicetitan.customers",
        "record_id": str(number),
        "payload": {"id": number, "name": name, "active": True, **more},
    }


def contact(number: str, first: str, last: str, **more: Any) -> dict[str, Any]:
    properties = {"firstname": first, "lastname": last, **more}
    return {
        "table": "hubspot.contacts",
        "record_id": number,
        "payload": {"id": number, "archived": False, "properties": properties},
    }


def exported(identity: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "table": "import.customers",
        "record_id": f"salesforce|{identity}",
        "payload": {"source": "salesforce", "account": "main", "customer_id": identity, "name": name, **more},
    }  # fmt: skip


FIRST_NIGHT = [
    # Who pays for a flat, and who lives there.
    dispatch(900, "Lone Star Properties LLC", type="Commercial",
             address={"street": "9 Elm Dr", "city": "Dallas", "state": "TX", "zip": "75201"}),
    {"table": "servicetitan.locations", "record_id": "9001",
     "payload": {"id": 9001, "customerId": 900, "name": "Mary Poole", "address": FLAT, "active": True}},
    contact("950", "Mary", "Poole", address="500 Tenant Ln", city="Austin", state="TX", zip="78701"),
    # What vendors declare one, though nothing else says so.
    contact("951", "Gus", "Petrov"), contact("952", "Ann", "Stone", hs_merged_object_ids="951"),
    contact("953", "Bea", "Lund"),
    contact("954", "Cy", "Roe", hs_calculated_merged_vids="953:1780000000000"),
    dispatch(910, "Olaf Berg", mergedToId=911, active=False), dispatch(911, "Ida Falk"),
    exported("S2", "Uma Voss", merged_into_id="S1"), exported("S1", "Lev Orlov"),
    exported("C1", "Max Kern", merged_into_id="C2"), exported("C2", "Kay Moor", merged_into_id="C1"),
    # One person in two systems; two more who will prove to be one.
    dispatch(920, "Jon Harwood",
             address={"street": "12 Oak St", "city": "Austin", "state": "TX", "zip": "78702"}),
    contact("960", "Jonathan", "Harwood", email="jon.harwood@home.com", phone="512-234-5678",
            address="12 Oak Street", city="Austin", state="TX", zip="78702"),
    contact("970", "Vera", "Quist", email="vera.quist@home.com"),
    dispatch(971, "Vera Quist",
             address={"street": "77 Bay Rd", "city": "Austin", "state": "TX", "zip": "78703"}),
]  # fmt: skip
# Vera writes her e-mail and her address at once: the two were one all along.
SECOND_NIGHT = [
    exported("V1", "Vera Quist", email="vera.quist@home.com", address_line_1="77 Bay Road",
             city="Austin", state="TX", postal_code="78703"),
]  # fmt: skip


class Night:
    """The warehouse after one night."""

    def __init__(self, file: Path) -> None:
        self.connection = duckdb.connect(str(file), read_only=True)
        self.connection.execute("set TimeZone = 'UTC'")

    def key(self, source: str, customer_id: str) -> str:
        """The customer key of one record."""
        rows = self.rows(
            "select customer_key from marts.bridge_customer_records "
            f"where source = '{source}' and customer_id = '{customer_id}' and entity = 'customer'"
        )
        assert len(rows) == 1, (source, customer_id, rows)
        return str(rows[0][0])

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def nights(
    foundation: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Night, Night]]:
    """Two nights; in between the operator keeps two records of Jon Harwood apart."""
    home = tmp_path_factory.mktemp("identity") / "home"
    shutil.copytree(foundation.parents[1], home)
    settings = load_settings(home=home)
    files = []
    for number, records in enumerate((FIRST_NIGHT, SECOND_NIGHT)):
        as_of = AS_OF + timedelta(days=number)
        with duckdb.connect(str(settings.warehouse)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            for record in records:
                land_record(connection, **record)
            write_run_context(
                connection, settings, run_id=f"n{number}", as_of=as_of, started_at=as_of
            )
            if number:
                separate(connection)
        done = run_dbt(settings, "run", *MODELS)
        assert done.returncode == 0, done.stdout[-4000:]
        files.append(home / f"after-{number}.duckdb")
        shutil.copy(settings.warehouse, files[-1])
    opened = [Night(file) for file in files]
    yield opened[0], opened[1]
    for night in opened:
        night.connection.close()


def separate(connection: duckdb.DuckDBPyConnection) -> None:
    keys = connection.execute(
        "select record_key from intermediate.int_identity__records_keyed "
        "where customer_id in ('920', '960') order by customer_id"
    ).fetchall()
    connection.execute(
        "insert into raw_matchback.identity_decisions values (1, ?, 'anna', 'separate', ?, ?, null, '')",
        [AS_OF + timedelta(hours=1), keys[0][0], keys[1][0]],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "loser", "winner"),
    [
        ("hubspot", "951", "952"),
        ("hubspot", "953", "954"),
        ("servicetitan", "910", "911"),
        ("salesforce", "S2", "S1"),
        ("salesforce", "C1", "C2"),
    ],
)
def test_what_a_vendor_merged_is_one_customer(nights, source, loser, winner):
    for night in nights:
        assert night.key(source, loser) == night.key(source, winner)
    methods = nights[0].rows(
        "select distinct match_method from marts.bridge_customer_records "
        f"where source = '{source}' and customer_id in ('{loser}', '{winner}')"
    )
    assert methods == [("declared",)]


def test_landlord_and_tenant_are_two_customers_of_one_property(nights):
    night = nights[0]
    landlord, tenant = night.key("servicetitan", "900"), night.key("hubspot", "950")
    assert landlord != tenant
    (home,) = night.rows(
        f"select household_key from marts.dim_customers where customer_key = '{tenant}'"
    )
    assert night.rows(
        "select customer_key, role, location_count from marts.bridge_customer_properties "
        f"where household_key = '{home[0]}' order by role"
    ) == [(tenant, "home", 0), (landlord, "service location", 1)]


def test_a_golden_record_names_where_each_field_came_from(nights):
    key = nights[0].key("servicetitan", "920")
    assert key == nights[0].key("hubspot", "960")
    fields = nights[0].rows(
        "select field_name, field_value, source, customer_id from restricted.customer_fields "
        f"where customer_key = '{key}' and field_name <> 'customer_type' order by field_name"
    )
    assert fields == [
        ("address", "12 Oak St, Austin, TX 78702", "servicetitan", "920"),
        ("email", "jon.harwood@home.com", "hubspot", "960"),
        ("name", "Jon Harwood", "servicetitan", "920"),
        ("phone", "512-234-5678", "hubspot", "960"),
    ]
    assert nights[0].rows(
        f"select name, email, city from restricted.customers where customer_key = '{key}'"
    ) == [("Jon Harwood", "jon.harwood@home.com", "Austin")]


def test_when_two_customers_prove_one_a_key_stays_and_the_other_is_its_alias(nights):
    first, second = nights
    before = {first.key("hubspot", "970"), first.key("servicetitan", "971")}
    after = {
        second.key("hubspot", "970"),
        second.key("servicetitan", "971"),
        second.key("salesforce", "V1"),
    }
    assert len(before) == 2
    assert len(after) == 1
    assert after < before
    (gone,), (kept,) = before - after, after
    assert second.rows(
        "select is_alias, current_customer_key from intermediate.int_identity__keys_registered "
        f"where customer_key = '{gone}'"
    ) == [(True, kept)]
    ((reason, evidence),) = second.rows(
        "select reason, evidence from marts.fct_identity_changes "
        f"where from_customer_key = '{gone}' and to_customer_key = '{kept}'"
    )
    assert reason == "merged"
    assert "first: same" in evidence


def test_when_a_customer_is_split_the_change_says_whose_word_it_was(nights):
    first, second = nights
    old = first.key("servicetitan", "920")
    now = {second.key("servicetitan", "920"), second.key("hubspot", "960")}
    assert len(now) == 2
    assert old in now
    assert second.rows(
        "select reason, evidence from marts.fct_identity_changes "
        f"where from_customer_key = '{old}' and to_customer_key <> '{old}'"
    ) == [("separated", "decision 1")]


def test_nobody_else_changed(nights):
    moved = nights[1].rows(
        "select reason, count(*) from marts.fct_identity_changes "
        "where run_id = 'n1' group by reason order by reason"
    )
    assert moved == [("merged", 1), ("new record", 1), ("separated", 1)]
