"""An operator's exports as rows, and the way from there to built marts.

Holds a writer of import folders and one run of the real way in: the import source lands the files,
dbt builds the marts of campaigns, jobs, money and credit over them. Which rows there are is each
test's own matter; every case of a module lives in one world, with customers and campaigns of its
own, so that the build is paid for once.
"""

from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from ingestion.run import land_account
from ingestion.settings import Settings, load_settings
from orchestration.lib.run_context import write_run_context
from orchestration.lib.warehouse import create_own_tables

DBT_FOLDER = Path(__file__).parents[2] / "dbt_project"
AS_OF = datetime(2026, 10, 1, 12, tzinfo=UTC)
SELECTION = tuple(
    f"+path:models/marts/{domain}" for domain in ("attribution", "campaigns", "jobs", "money")
)
# Cautious: tests that also read marts of other domains are theirs to run.
BUILD = (
    *("build", "--exclude-resource-type", "unit_test"),
    *("--indirect-selection", "cautious"),
)
BUILD_WITHOUT_TESTS = (*BUILD, "--exclude-resource-type", "test")
DEFAULTS: dict[str, dict[str, Any]] = {
    "customers": {"source": "servicetitan", "created_at": "2023-01-05T15:00:00Z"},
    "campaigns": {"source": "mail", "channel": "direct_mail", "mail_class": "marketing"},
    "campaign_members": {"campaign_source": "mail", "assigned_at": "2026-04-20T12:00:00Z"},
    "mail_pieces": {"source": "mail", "customer_source": "servicetitan"},
    "mail_events": {"source": "mail"},
    "mail_costs": {"source": "mail"},
    "mail_orders": {"source": "mail"},
    "touches": {"source": "calls", "customer_source": "servicetitan", "job_source": "servicetitan"},
    "leads": {"source": "servicetitan"},
    "jobs": {"source": "servicetitan", "job_class": "demand", "campaign_source": "mail"},
    "invoices": {"source": "servicetitan"},
    "invoice_lines": {"source": "servicetitan"},
    "credits": {"source": "servicetitan"},
    "payments": {"source": "servicetitan"},
}


@dataclass
class World:
    """Rows of the import format, table by table, in the order they were added."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: str, **row: Any) -> None:
        """One row; source and account have defaults, what is left out is empty."""
        self.tables.setdefault(table, []).append({**DEFAULTS.get(table, {}), **row})

    def household(self, name: str, *, number: int) -> None:
        """One customer with a name, a phone and a house that nobody else's resemble."""
        digest = hashlib.sha256(name.encode()).hexdigest()
        word = "".join(
            "bcdfghklmnprstvz"[int(digit, 16)] + "aeiou"[number % 5] for digit in digest[:5]
        )
        self.add(
            "customers",
            customer_id=name,
            first_name=word[:6].title(),
            last_name=word[::-1].title(),
            phone=f"404{int(digest[5:12], 16) % 8_000_000 + 2_000_000}",
            address_line_1=f"{100 + 37 * number} {word[2:].title()} Street",
            city="Atlanta",
            state="GA",
            postal_code=f"303{number % 90 + 10}",
        )

    def write(self, folder: Path) -> Path:
        """The rows as CSV files of an import folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for table, rows in self.tables.items():
            columns = list(dict.fromkeys(column for row in rows for column in row))
            with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, fieldnames=columns, restval="")
                writer.writeheader()
                writer.writerows(rows)
        return folder


@dataclass(frozen=True)
class Marts:
    """A built warehouse, read by queries over one connection."""

    warehouse: Path
    settings: Settings

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The warehouse, read only."""
        return duckdb.connect(str(self.warehouse), read_only=True)

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """The rows of one query as dictionaries."""
        result = self.connection.execute(query, list(values))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def row(self, query: str, *values: Any) -> dict[str, Any]:
        """The one row of a query."""
        rows = self.rows(query, *values)
        assert len(rows) == 1, rows
        return rows[0]

    def value(self, query: str, *values: Any) -> Any:
        """The one cell of a query."""
        return next(iter(self.row(query, *values).values()))


def open_home(home: Path, *, imports: Path, settings_text: str = "") -> Settings:
    """Settings of a private home that reads one import folder."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "matchback.toml").write_text(f'imports = ["{imports}"]\n{settings_text}')
    return load_settings(home=home, environment={})


def land(settings: Settings, *, now: datetime, run_id: str) -> None:
    """Land the import folder as of an instant."""
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        create_own_tables(connection)
    result = land_account(settings, "import", settings.imports[0].name, run_id=run_id, now=now)
    assert result.is_complete, result


def run_dbt(settings: Settings, *arguments: str) -> None:
    """Run dbt over the home's warehouse; it must succeed."""
    command = [str(Path(sys.executable).parent / "dbt"), "--quiet", *arguments]
    command += ["--project-dir", str(DBT_FOLDER), "--profiles-dir", str(DBT_FOLDER)]
    command += ["--target-path", str(settings.home / "target")]
    command += ["--log-path", str(settings.home / "logs")]
    environment = {
        **os.environ,
        "MATCHBACK_HOME": str(settings.home),
        "MATCHBACK_WAREHOUSE": str(settings.warehouse),
    }
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    output = result.stdout + result.stderr
    assert result.returncode == 0, output[-6000:]


def build(
    settings: Settings,
    *,
    as_of: datetime,
    run_id: str,
    arguments: Sequence[str] = BUILD,
    selection: Sequence[str] = SELECTION,
) -> Marts:
    """Build the marts as of an instant; dbt's own data tests must pass."""
    with duckdb.connect(str(settings.warehouse)) as connection:
        write_run_context(connection, settings, run_id=run_id, as_of=as_of, started_at=as_of)
    run_dbt(
        settings,
        *arguments,
        "--select",
        *selection,
    )
    return Marts(warehouse=settings.warehouse, settings=settings)


def build_world(
    world: World,
    folder: Path,
    *,
    as_of: datetime = AS_OF,
    settings_text: str = "",
    arguments: Sequence[str] = BUILD,
) -> Marts:
    """Write, land and build one world."""
    imports = world.write(folder / "exports")
    settings = open_home(folder / "home", imports=imports, settings_text=settings_text)
    land(settings, now=as_of, run_id="run-1")
    return build(settings, as_of=as_of, run_id="run-1", arguments=arguments)


def amounts(rows: Sequence[Mapping[str, Any]], key: str, value: str) -> dict[Any, float]:
    """One column by another, amounts as floats with two decimals."""
    return {row[key]: round(float(row[value]), 2) for row in rows}
