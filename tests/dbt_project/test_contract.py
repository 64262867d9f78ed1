"""The marts hold every table and column that analysts were promised, and say what they mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingestion.settings import load_settings
from orchestration.lib.dbt_project import ensure_manifest, read_manifest

PROMISED: dict[str, list[str]] = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "marts_contract.json").read_text()
)
PERSONAL = {"first_name", "last_name", "name", "email", "phone", "phone_2", "address_line_1",
            "address_line_2", "payload", "service_address_line_1", "tax_id"}  # fmt: skip


@pytest.fixture(scope="module")
def marts() -> dict[str, Any]:
    manifest = read_manifest(ensure_manifest(load_settings()))
    return {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    }


def test_no_promised_table_is_missing(marts: dict[str, Any]) -> None:
    assert sorted(set(PROMISED) - set(marts)) == []


@pytest.mark.parametrize("table", sorted(PROMISED))
def test_no_promised_column_is_missing(marts: dict[str, Any], table: str) -> None:
    assert table in marts
    assert sorted(set(PROMISED[table]) - set(marts[table]["columns"])) == []


def test_every_mart_is_under_contract_and_says_its_grain(marts: dict[str, Any]) -> None:
    loose = [name for name, node in marts.items() if not node["config"]["contract"]["enforced"]]
    vague = [
        name for name, node in marts.items() if not node["description"].startswith("One row per")
    ]
    assert (loose, vague) == ([], [])


def test_every_column_is_described_and_typed(marts: dict[str, Any]) -> None:
    bare = [
        f"{name}.{column}"
        for name, node in marts.items()
        for column, facts in node["columns"].items()
        if not facts["description"] or not facts["data_type"]
    ]
    assert bare == []


def test_amounts_are_exact_decimals_and_no_cents_are_published(marts: dict[str, Any]) -> None:
    wrong = [
        f"{name}.{column} is {facts['data_type']}"
        for name, node in marts.items()
        for column, facts in node["columns"].items()
        if (column.endswith("_amount") and facts["data_type"].replace(" ", "") != "decimal(18,2)")
        or column.endswith("_cents")
    ]
    assert wrong == []


def test_no_mart_has_a_personal_column(marts: dict[str, Any]) -> None:
    exposed = [
        f"{name}.{column}"
        for name, node in marts.items()
        for column in node["columns"]
        if column in PERSONAL
    ]
    assert exposed == []
