"""Each suite passes on good rows; each of its expectations fails for the row made to break it."""

from __future__ import annotations

import copy
import json
import re
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from expectations.registry import suites
from expectations.results import CheckResult
from expectations.rules import Rule, Scope, Suite
from expectations.runner import run_suites
from tests.expectations.frames import MARTS, RAW, SHARES

# Great Expectations takes seconds to import.
pytestmark = pytest.mark.slow

SCOPE = Scope(run_id="run", source="", account="main", as_of="2026-10-01 02:00:00+00")
LOADED_AT = datetime(2026, 10, 1, 2, tzinfo=UTC)
COMMON = {
    "record_id is filled": {"record_id": None},
    "payload is a JSON object": {"payload": "[1]"},
    "version_key is unique": {"payload_hash": "same"},
    "modified_at is not in the future": {"modified_at": datetime(2026, 10, 2, tzinfo=UTC)},
}


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'")
        opened.execute("create schema marts")
        opened.execute("create schema raw_matchback")
        opened.execute(
            "create table raw_matchback.run_context as "
            "select 'run' as run_id, timestamptz '2026-10-01 02:00:00+00' as as_of"
        )
        yield opened


def check(connection: duckdb.DuckDBPyConnection, suite: Suite) -> dict[str, CheckResult]:
    results = run_suites(connection, [suite], SCOPE)
    assert not [one for one in results if "itself failed" in one.detail]
    return {result.expectation: result for result in results}


def changed(row: dict[str, Any], changes: dict[str, Any], row_id: str) -> dict[str, Any]:
    result = copy.deepcopy(row)
    for path, value in changes.items():
        *parents, last = path.split(".")
        target = result
        for parent in parents:
            target = target[parent]
        target[last] = value
    return json.loads(json.dumps(result).replace("{id}", row_id))


def spoiled(rule: Rule, path: str) -> dict[str, Any]:
    """What breaks a rule on one column."""
    if rule.kind == "ExpectColumnValuesToNotBeNull":
        return {path: None}
    if rule.kind == "ExpectColumnValuesToBeInSet":
        return {path: "Nonsense"}
    assert rule.kind == "ExpectColumnValuesToBeBetween", rule.name
    high, low = rule.arguments["max_value"], rule.arguments["min_value"]
    return {path: high * 2 + 1 if high is not None else low - 1}


def payload_path(suite: Suite, column: str) -> str:
    """The JSON path a column of a raw suite is read from."""
    kind = r"(?: as (?:decimal\(18, 4\)|timestamptz|date)\))?"
    pattern = rf"payload ->> '\$\.([A-Za-z_.]+)' end\){kind} as {column}\b"
    found = re.search(pattern, suite.query(SCOPE))
    assert found, f"{suite.name}.{column}"
    return found.group(1)


def landed(connection: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, Any]]) -> None:
    source, _, table = name.partition("_")
    connection.execute(f"create schema if not exists raw_{source}")
    connection.execute(
        f"create or replace table raw_{source}.{table} (account varchar, record_id varchar, "
        "modified_at timestamptz, is_deleted boolean, payload varchar, payload_hash varchar, "
        "_loaded_at timestamptz, _run_id varchar)"
    )
    for row in rows:
        whole = {"modified_at": None, "payload_hash": row["payload"], **row}
        connection.execute(
            f"insert into raw_{source}.{table} values ('main', ?, ?, false, ?, ?, ?, 'run')",
            [
                whole["record_id"],
                whole["modified_at"],
                whole["payload"],
                whole["payload_hash"],
                LOADED_AT,
            ],
        )


def raw_row(payload: dict[str, Any], row_id: str, **landing: Any) -> dict[str, Any]:
    return {"record_id": row_id, "payload": json.dumps(changed(payload, {}, row_id)), **landing}


def test_every_suite_has_its_frames():
    raw = {name for layer, name in suites() if layer == "raw"}
    marts = {name for layer, name in suites() if layer == "marts"}
    assert raw == {*RAW, "every_source"}
    assert marts == {*MARTS, *SHARES}


@pytest.mark.parametrize("name", sorted(RAW))
def test_a_raw_suite_fails_for_the_rows_made_to_break_it_only(connection, name):
    suite = suites()[("raw", name)]()
    good, written = RAW[name]
    rows = [raw_row(good, f"good {number}") for number in range(3)]
    landed(connection, name, rows)
    assert [one for one in check(connection, suite).values() if not one.is_passed] == []

    for number, rule in enumerate(suite.rules):
        row_id = f"bad {number}"
        if rule.name in COMMON:
            rows.append(raw_row(good, row_id) | COMMON[rule.name])
            if "unique" in rule.name:
                rows.append(rows[-1])
            continue
        changes = written.get(rule.name)
        if changes is None:
            changes = spoiled(rule, payload_path(suite, rule.arguments["column"]))
        rows.append(raw_row(changed(good, changes, row_id), row_id))
        if "unique" in rule.name:
            rows.append(raw_row(changed(good, changes, row_id), row_id + " too"))
    landed(connection, name, rows)
    results = check(connection, suite)
    for number, rule in enumerate(suite.rules):
        result = results[rule.name]
        assert not result.is_passed, rule.name
        assert result.checked_count == len(rows)
        assert not any(one.startswith("good") for one in result.sample), rule.name
        if rule.name != "record_id is filled":
            assert f"bad {number}" in result.sample or result.failed_count > 5, rule.name


def mart(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    values = ", ".join(f"(${number})" for number in range(1, len(rows) + 1))
    kinds = {"_at": "timestamptz", "_on": "date"}
    columns = []
    for name, example in rows[0].items():
        kind = kinds.get(name[-3:]) or {
            bool: "boolean",
            int: "bigint",
            float: "double",
        }.get(type(example), "varchar")
        columns.append(f"(row ->> '$.{name}')::{kind} as {name}")
    connection.execute(
        f"create or replace table marts.{table} as select {', '.join(columns)} "
        f"from (values {values}) as listed(row)",
        [json.dumps(row) for row in rows],
    )


@pytest.mark.parametrize("name", sorted(MARTS))
def test_a_mart_suite_fails_for_the_rows_made_to_break_it_only(connection, name):
    suite = suites()[("marts", name)]()
    good, written = MARTS[name]
    rows = [changed(good, {}, f"good {number}") for number in range(3)]
    mart(connection, name, rows)
    assert [one for one in check(connection, suite).values() if not one.is_passed] == []

    has_ids = "{id}" in str(good)
    for number, rule in enumerate(suite.rules):
        changes = written.get(rule.name) or spoiled(rule, rule.arguments.get("column", ""))
        rows.append(changed(good, changes, f"bad {number}"))
    mart(connection, name, rows)
    results = check(connection, suite)
    for number, rule in enumerate(suite.rules):
        result = results[rule.name]
        assert not result.is_passed, rule.name
        assert 1 <= result.failed_count <= len(suite.rules)
        if has_ids:
            assert not any(one.startswith("good") for one in result.sample)
            assert f"bad {number}" in result.sample, rule.name


@pytest.mark.parametrize("name", sorted(SHARES))
def test_a_suite_of_shares_fails_for_the_share_made_to_break_it_only(connection, name):
    suite = suites()[("marts", name)]()
    good, written = SHARES[name]
    assert set(written) == {rule.name for rule in suite.rules}
    mart(connection, suite.table_name, [good] * 30)
    assert [one for one in check(connection, suite).values() if not one.is_passed] == []
    for rule in suite.rules:
        spoilt = {**good, **written[rule.name]}
        mart(connection, suite.table_name, [good] + [spoilt] * 199)
        # An example row gives the columns their types, so a spoilt null comes second.
        assert not check(connection, suite)[rule.name].is_passed, rule.name
    mart(connection, suite.table_name, [good] + [{**good, **written[suite.rules[0].name]}] * 10)
    assert check(connection, suite)[suite.rules[0].name].is_passed, "too few rows to judge"
