"""Who reads whom in the dbt project, what models must say of themselves, what macros must allow."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

PROJECT = Path(__file__).parents[2] / "dbt_project"
Models = dict[str, dict[str, Any]]
# Settings, our own logs and rejects are staged for all; a vendor's staging is for canonical only.
OPEN_STAGING = re.compile(r"^stg_(matchback|ledger)__|__rejects$")


def folder(node: dict[str, Any]) -> str:
    return str(node["path"]).split("/", maxsplit=1)[0]


def parents(manifest: dict[str, Any], node: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        manifest["nodes"].get(key) or manifest["sources"][key]
        for key in node["depends_on"]["nodes"]
    ]


def breaches(manifest: dict[str, Any], models: Models, rule: Any) -> list[str]:
    """Sorted `reader -> read` of every dependency that a rule forbids."""
    return sorted(
        f"{node['name']} -> {parent['name']}"
        for node in models.values()
        for parent in parents(manifest, node)
        if rule(node, parent)
    )


def test_only_staging_reads_sources(manifest: dict[str, Any], models: Models) -> None:
    found = breaches(
        manifest,
        models,
        lambda node, parent: parent["resource_type"] == "source" and folder(node) != "staging",
    )
    assert found == []


def test_staging_reads_only_its_own_source(manifest: dict[str, Any], models: Models) -> None:
    def is_foreign(node: dict[str, Any], parent: dict[str, Any]) -> bool:
        if folder(node) != "staging" or parent["name"] == "stg_matchback__run_context":
            return False
        vendor = node["name"].removeprefix("stg_").split("__")[0]
        if parent["resource_type"] == "source":
            return parent["source_name"] != f"raw_{'matchback' if vendor == 'ledger' else vendor}"
        return not parent["name"].startswith(f"stg_{vendor}__")

    assert breaches(manifest, models, is_foreign) == []


def test_no_vendor_word_passes_the_canonical_layer(
    manifest: dict[str, Any], models: Models
) -> None:
    found = breaches(
        manifest,
        models,
        lambda node, parent: (
            parent["name"].startswith("stg_")
            and not OPEN_STAGING.search(parent["name"])
            and folder(node) != "staging"
            and not node["name"].startswith("int_canonical__")
            # Named `_read`: takes what one vendor alone tells, in words of ours.
            and not node["name"].endswith("_read")
        ),
    )
    assert found == []


def test_canonical_reads_only_staging_seeds_and_itself(
    manifest: dict[str, Any], models: Models
) -> None:
    found = breaches(
        manifest,
        models,
        lambda node, parent: (
            node["name"].startswith("int_canonical__")
            and parent["resource_type"] != "seed"
            and not parent["name"].startswith(("stg_", "int_canonical__", "int_calendar__"))
        ),
    )
    assert found == []


def test_nothing_below_a_report_reads_a_report(manifest: dict[str, Any], models: Models) -> None:
    found = breaches(
        manifest,
        models,
        lambda node, parent: (
            parent["name"].startswith("rpt_")
            and node["name"].startswith(("stg_", "int_", "dim_", "fct_", "bridge_"))
        ),
    )
    assert found == []


def test_every_model_says_its_grain(models: Models) -> None:
    vague = [
        name for name, node in models.items() if not node["description"].startswith("One row per")
    ]
    assert sorted(vague) == []


def test_every_column_is_described(models: Models) -> None:
    bare = [
        f"{name}.{column}"
        for name, node in models.items()
        for column, facts in node["columns"].items()
        if not facts["description"]
    ]
    assert sorted(bare) == []


def test_marts_and_restricted_tables_are_under_contract(models: Models) -> None:
    loose = [
        name
        for name, node in models.items()
        if folder(node) in ("marts", "restricted") and not node["config"]["contract"]["enforced"]
    ]
    assert sorted(loose) == []


def test_every_canonical_union_and_mart_has_a_tested_key(
    manifest: dict[str, Any], models: Models
) -> None:
    tested = {
        key
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") == "is_key"
        for key in node["depends_on"]["nodes"]
    }
    # A log entry may repeat word for word; its table is filled after dbt.
    keyless = {
        name
        for name, node in models.items()
        if (name.endswith("_unioned") and name.startswith("int_canonical__"))
        or folder(node) == "marts"
        if node["unique_id"] not in tested and "after_dbt" not in node["tags"]
    }
    assert sorted(keyless - {"int_canonical__status_words_unioned"}) == []


def test_each_model_lies_in_the_schema_of_its_folder(models: Models) -> None:
    schemas = {
        "staging": "staging",
        "intermediate": "intermediate",
        "utilities": "intermediate",
        "marts": "marts",
        "restricted": "restricted",
    }
    wrong = [name for name, node in models.items() if node["schema"] != schemas[folder(node)]]
    assert sorted(wrong) == []


def test_words_that_differ_between_engines_stand_behind_dispatching_macros() -> None:
    plain: list[str] = []
    for topic in ("json", "keys", "money", "text", "time", "versions"):
        for file in sorted((PROJECT / "macros" / topic).glob("*.sql")):
            text = re.sub(r"\{#.*?#\}", "", file.read_text(), flags=re.DOTALL)
            for name, body in re.findall(
                r"\{% macro (\w+)\([^)]*\) -?%\}(.*?)\{%-? endmacro %\}", text, flags=re.DOTALL
            ):
                engine = re.search(
                    r"\b(json_\w+|from_json|regexp_\w+|date_diff|timezone|md5|strptime|list_\w+)\(",
                    body,
                )
                if engine and not name.startswith("default__") and "dispatch(" not in body:
                    plain.append(f"{file.name}: {name} uses {engine.group(1)}")
    assert plain == []


def test_no_variable_reaches_the_project_from_the_command_line() -> None:
    users = [
        str(file.relative_to(PROJECT))
        for folder_name in ("models", "macros", "tests")
        for file in (PROJECT / folder_name).rglob("*.sql")
        if re.search(r"\bvar\(", file.read_text())
    ]
    assert users == []


@pytest.mark.slow
def test_columns_of_yml_and_sql_are_equal(
    models: Models, warehouse: duckdb.DuckDBPyConnection
) -> None:
    built: dict[str, list[str]] = {}
    for name, column in warehouse.execute(
        "select table_name, column_name from information_schema.columns "
        "where table_schema in ('staging', 'intermediate')"
    ).fetchall():
        built.setdefault(name, []).append(column)
    drift = {
        name: sorted(set(columns) ^ set(models[name]["columns"]))
        for name, columns in built.items()
        if name in models and set(columns) != set(models[name]["columns"])
    }
    assert drift == {}
    assert len(built) > 150
