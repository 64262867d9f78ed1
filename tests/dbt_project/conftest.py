"""Fixtures over the dbt project: its manifest, and a warehouse with its first layers built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.settings import load_settings
from orchestration.lib.dbt_project import ensure_manifest, read_manifest, run_dbt
from tests.dbt_project.landed import FOUNDATION, make_warehouse


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """dbt's manifest of the project as it is, parsed in a home of its own."""
    settings = load_settings(home=tmp_path_factory.mktemp("manifest"))
    return read_manifest(ensure_manifest(settings))


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Models by name."""
    return {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }


@pytest.fixture(scope="session")
def foundation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse file with staging and canonical built over the landed records of `landed.py`."""
    settings = load_settings(home=tmp_path_factory.mktemp("foundation"))
    make_warehouse(settings)
    built = run_dbt(settings, "build", "--exclude-resource-type", "unit_test", *FOUNDATION)
    assert built.returncode == 0, built.stdout[-4000:]
    return settings.warehouse


@pytest.fixture
def warehouse(foundation: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the built warehouse, in UTC."""
    connection = duckdb.connect(str(foundation), read_only=True)
    connection.execute("set TimeZone = 'UTC'")
    yield connection
    connection.close()
