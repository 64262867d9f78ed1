"""A privacy erasure, as an operator asks for it: nothing of the person is left in the home."""

# ruff: noqa: E501 (lines of SQL, or of one record, read better unbroken)

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from ingestion.settings import load_settings
from orchestration.commands.identity import identity
from orchestration.lib import audit_log
from orchestration.lib.warehouse import create_own_tables, open_warehouse

# Strings of the person; Dora Quux shares the home and its phone, and must stay.
CANARIES = ("zebulon", "zq@quux.example", "5122345678", "512-234-5678", "(512) 234-5678")
STREET = "77 Quux Lane"
RECORDS = """
    create schema intermediate; create schema restricted; create schema marts;
    create table intermediate.int_identity__records_keyed as
    select * from (values
        ('rk1', 'ck1', 'servicetitan', 'north', 'customer', '77', 'Zebulon Quux', null::varchar, null::varchar, null::varchar, 'ZQ@quux.example', '(512) 234-5678', null::varchar, '77 Quux Lane'),
        ('rk2', 'ck1', 'spreadsheet', 'main', 'customer', 'Z-1', null, 'Zebulon', 'Quux', null, null, '512.234.5678', null, null),
        ('rk3', 'ck2', 'servicetitan', 'north', 'customer', '78', 'Dora Quux', null, null, null, 'dq@quux.example', '512-999-0001', null, '77 Quux Lane'),
        ('rk4', 'ck3', 'servicetitan', 'south', 'customer', '77', 'Someone Else', null, null, null, null, '512-777-0001', null, '1 Oak St')
    ) as rows(record_key, customer_key, source, account, entity, customer_id, name, first_name, last_name, company, email, phone, phone_2, address_line_1);
    create table restricted.customers as select customer_key, name, email, phone, address_line_1 from intermediate.int_identity__records_keyed;
    create table marts.fct_notes as select 'call Zebulon Quux back' as note, ['(512) 234-5678', 'kept'] as numbers, 12.5 as amount;
    insert into raw_matchback.identity_records (record_key, first, last, address_id) values ('rk1', 'ZEBULON', 'QUUX', 'a'), ('rk3', 'DORA', 'QUUX', 'a');
    insert into raw_matchback.identity_registry (record_key, customer_key, from_customer_key) values ('rk1', 'ck1', 'ck0');
    insert into raw_matchback.rejects (run_id, record_text) values ('r', '{"name": "Zebulon  Quux"}'), ('r', 'other');
    insert into raw_matchback.api_calls (call_id, response_body) values ('c', 'no such contact zq@quux.example');
    insert into raw_matchback.alert_log (text) values ('1 job without customer, e.g. Zebulon Quux');
"""  # fmt: skip
LANDED = [
    ("servicetitan.customers", "north", "77", {"id": 77, "name": "Zebulon Quux", "address": {"street": STREET}}),
    ("servicetitan.customers", "north", "78", {"id": 78, "name": "Dora Quux", "address": {"street": STREET}}),
    ("servicetitan.customers", "south", "77", {"id": 77, "name": "Someone Else"}),
    ("servicetitan.jobs", "north", "5", {"id": 5, "customerId": 77, "total": 12.5, "summary": "Zebulon: no heat",
                                         "customFields": [{"name": "Postcard Code", "value": "S26-1"}, {"name": "Gate", "value": "ask Zebulon Quux"}]}),
    ("servicetitan.jobs", "south", "77", {"id": 77, "customerId": 12, "summary": "somebody else's"}),
    ("hubspot.deals", "main", "9", {"id": "9", "properties": {"dealname": "Zebulon Quux - furnace", "amount": "900"}}),
    ("import.customers", "main", "spreadsheet|Z-1", {"source": "spreadsheet", "account": "main", "customer_id": "Z-1", "first_name": "Zebulon", "last_name": "Quux", "phone": "512.234.5678"}),
    ("import.mail_pieces", "main", "pcm|P-1", {"source": "pcm", "account": "main", "mail_piece_id": "P-1", "first_name": "ZEBULON", "last_name": "QUUX", "address_line_1": STREET, "status": "delivered"}),
    ("import.jobs", "main", "spreadsheet|77", {"source": "spreadsheet", "account": "main", "job_id": "77", "customer_id": "other", "notes": "kept"}),
]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that holds the person wherever a home may."""
    monkeypatch.setenv("MATCHBACK_HOME", str(tmp_path))
    settings = load_settings(home=tmp_path)
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with open_warehouse(settings) as connection:
        create_own_tables(connection)
        for statement in RECORDS.split(";\n"):
            if statement.strip():
                connection.execute(statement)
        for table, account, record_id, payload in LANDED:
            connection.execute(
                f"insert into raw_{table} (account, record_id, payload, payload_hash) values (?, ?, ?, 'kept')",
                [account, record_id, json.dumps(payload)],
            )
    for run in ("old", "older"):
        folder = tmp_path / "runs" / run
        folder.mkdir(parents=True)
        with duckdb.connect(str(folder / "restricted.duckdb")) as connection:
            connection.execute("create schema restricted")
            connection.execute(
                "create table restricted.restricted.customers as select * from (values "
                "('ck0', 'h', 'Zebulon Quux', 'zq@quux.example'), ('ck2', 'h', 'Dora Quux', null)) "
                "as rows(customer_key, household_key, name, email)"
            )
            connection.execute(
                "create table restricted.restricted.customer_fields as "
                "select 'ck0' as customer_key, 'name' as field_name, 'Zebulon Quux' as field_value"
            )
    spool = settings.state_dir / "spool"
    spool.mkdir(parents=True)
    (spool / "calls.jsonl").write_text(
        '{"body": "Quux, Zebulon (512) 234-5678"}\n{"body": "kept"}\n'
    )
    (settings.state_dir / "alerts.log").write_text("e.g. Zebulon Quux has no job\n")
    refused = settings.state_dir / "quarantine" / "package"
    refused.mkdir(parents=True)
    (refused / "rows.parquet").write_bytes(b"PAR1 Zebulon Quux PAR1")
    events = tmp_path / "dagster" / "history"
    events.mkdir(parents=True)
    with sqlite3.connect(events / "runs.db") as connection:
        connection.execute("create table event_logs (id integer primary key, event text)")
        connection.execute(
            "insert into event_logs (event) values (?)",
            ['{"examples": ["Zebulon Quux"], "count": 3}'],
        )
    return tmp_path


def traces(home: Path) -> list[str]:
    """Return where a string of the person stands: in a file's bytes or in any table's text."""
    found = []
    for file in sorted(path for path in home.rglob("*") if path.is_file()):
        content = file.read_bytes().lower()
        found += [f"{file.name}: {word}" for word in CANARIES if word.encode() in content]
        if file.suffix != ".duckdb":
            continue
        with duckdb.connect(str(file), read_only=True) as connection:
            for schema, table in connection.execute(
                "select schema_name, table_name from duckdb_tables() where not internal"
            ).fetchall():
                catalog = connection.execute("select current_database()").fetchall()[0][0]
                text = repr(
                    connection.execute(f'select * from "{catalog}"."{schema}"."{table}"').fetchall()
                ).lower()
                found += [f"{file.name} {schema}.{table}: {w}" for w in CANARIES if w in text]
    return found


def test_nothing_of_an_erased_person_is_left_and_nobody_else_is_touched(home: Path) -> None:
    assert {trace.split(":")[0].split(" ")[0] for trace in traces(home)} >= {
        "warehouse.duckdb", "restricted.duckdb", "calls.jsonl", "alerts.log", "rows.parquet", "runs.db",
    }  # fmt: skip
    done = CliRunner().invoke(
        identity, ["erase", "servicetitan:north:77", "--reason", "request 12", "--yes"]
    )
    assert done.exit_code == 0, done.output
    assert traces(home) == []

    settings = load_settings(home=home)
    with open_warehouse(settings) as connection:
        kept = {
            (table, record): json.loads(payload)
            for table in ("servicetitan.customers", "servicetitan.jobs", "import.jobs", "import.mail_pieces")
            for record, payload in connection.execute(
                f"select account || '/' || record_id, payload from raw_{table}"
            ).fetchall()
        }  # fmt: skip
        assert kept["servicetitan.customers", "north/78"] == LANDED[1][3]
        assert kept["servicetitan.customers", "south/77"] == LANDED[2][3]
        assert kept["servicetitan.jobs", "south/77"] == LANDED[4][3]
        assert kept["import.jobs", "main/spreadsheet|77"] == LANDED[8][3]
        job = kept["servicetitan.jobs", "north/5"]
        assert (job["id"], job["customerId"], job["total"]) == (5, 77, 12.5)
        assert job["customFields"] == [{"name": "Postcard Code", "value": "S26-1"}]
        assert kept["import.mail_pieces", "main/pcm|P-1"]["status"] == "delivered"
        assert connection.execute(
            "select record_key from raw_matchback.erasures order by 1"
        ).fetchall() == [("rk1",), ("rk2",)]
        assert connection.execute("select note, amount from marts.fct_notes").fetchall() == [
            (None, 12.5)
        ]
        assert connection.execute(
            "select record_key from raw_matchback.identity_records"
        ).fetchall() == [("rk3",)]
    with duckdb.connect(
        str(home / "runs" / "old" / "restricted.duckdb"), read_only=True
    ) as published:
        assert published.execute(
            "select customer_key, name from restricted.restricted.customers order by 1"
        ).fetchall() == [("ck0", None), ("ck2", "Dora Quux")]
    assert (home / "runs" / "old" / "restricted.duckdb").stat().st_mode & 0o777 == 0o600
    (entry,) = audit_log.last_actions(settings, limit=1)
    assert (entry["action"], entry["entity_id"]) == ("identity erase", "ck1")
    assert audit_log.verify(settings) == []
