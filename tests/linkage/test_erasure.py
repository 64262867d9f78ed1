"""A privacy erasure takes personal fields out of landed rows; ids, times and amounts stay."""

from __future__ import annotations

import json

import duckdb
import pytest

from dbt_project.linkage.registry import create_identity_tables
from ingestion.errors import SettingsError
from ingestion.landing import create_landing_tables
from orchestration.lib.erasure import erase_customer
from tests.linkage.world import NOW

CANARY = "Zebulon Quux"


@pytest.fixture
def warehouse():
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    create_landing_tables(connection)
    create_identity_tables(connection)
    connection.execute("create schema intermediate")
    connection.execute(
        """create table intermediate.int_identity__records_keyed as
        select 'rk' as record_key, 'ck' as customer_key, 'servicetitan' as source,
            'main' as account, 'customer' as entity, '77' as customer_id,
            'zq@quux.example' as email, '(512) 234-5678' as phone, null::varchar as phone_2,
            '77 Quux Lane' as address_line_1, 'Zebulon Quux' as name, null::varchar as first_name,
            null::varchar as last_name, null::varchar as company"""
    )
    for entity, record_id, payload in (
        ("customers", "77", {"id": 77, "name": CANARY, "address": {"street": "77 Quux Lane"}}),
        ("jobs", "5", {"id": 5, "customerId": 77, "total": 12.5, "summary": CANARY}),
        ("jobs", "6", {"id": 6, "customerId": 78, "total": 77, "summary": "somebody else"}),
    ):
        connection.execute(
            f"insert into raw_servicetitan.{entity} (account, record_id, payload, payload_hash) "
            "values ('main', ?, ?, 'kept')",
            [record_id, json.dumps(payload)],
        )
    return connection


def payloads(connection, entity):
    rows = connection.execute(
        f"select record_id, payload, payload_hash from raw_servicetitan.{entity} order by record_id"
    ).fetchall()
    assert {row[2] for row in rows} == {"kept"}
    return {row[0]: json.loads(row[1]) for row in rows}


def erase(connection, reference):
    return erase_customer(
        connection, reference, erasure_id="e", actor="tester", reason="request 1", now=NOW
    )


def test_personal_fields_go_and_facts_stay(warehouse):
    done = erase(warehouse, "ck")
    assert (done.customer_key, done.record_count) == ("ck", 1)
    customer = payloads(warehouse, "customers")["77"]
    assert customer["id"] == 77
    assert "Quux" not in json.dumps(customer)
    jobs = payloads(warehouse, "jobs")
    assert jobs["5"] == {"id": 5, "customerId": 77, "total": 12.5}
    assert jobs["6"]["summary"] == "somebody else"


def test_the_erasure_is_listed(warehouse):
    erase(warehouse, "servicetitan:77")
    rows = warehouse.execute("select record_key, actor from raw_matchback.erasures").fetchall()
    assert rows == [("rk", "tester")]


def test_an_unknown_customer_is_a_clear_fault(warehouse):
    with pytest.raises(SettingsError, match="No customer record"):
        erase(warehouse, "nobody")
