"""Candidates and ledger of a large operator: the real models, timed, beside a plain hash join.

The tables are made by column at the canonical layer (`ledger_world`); what is timed is every model
from there to `bridge_match_candidates` and `bridge_attribution_credits`, built by dbt with the
product's own DuckDB settings.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion.settings import Settings
from orchestration.lib.dbt_project import last_lines, run_dbt, target_dir
from orchestration.lib.run_context import write_run_context
from orchestration.lib.warehouse import create_own_tables, open_warehouse
from tests.bench.ledger_world import Size, fill

AS_OF = datetime(2026, 10, 1, 12, tzinfo=UTC)
GOALS = ("+bridge_attribution_credits", "+bridge_match_candidates")
BEFORE = (
    "path:models/staging",
    "path:models/intermediate/canonical",
    "path:models/intermediate/identity",
)
SLOWEST = 8


@dataclass
class Measured:
    """Seconds and bytes of a child process."""

    wall: float = 0.0
    cpu: float = 0.0
    peak_bytes: int = 0


def bench_ledger(folder: Path, size: Size) -> None:
    """Make the world, build the models, print what it took."""
    settings = Settings(home=folder / "ledger")
    _empty_build(settings)
    started = time.perf_counter()
    with open_warehouse(settings) as connection:
        fill(connection, size)
    print(
        f"ledger world: {size.jobs:,} jobs, {size.pieces:,} pieces, {size.invoices:,} invoices "
        f"written in {time.perf_counter() - started:.0f} s"
    )
    with measured_children() as measured:
        _dbt(settings, "run", "--select", *GOALS, "--exclude", *BEFORE)
    _say(settings, measured)


def _empty_build(settings: Settings) -> None:
    """All tables with their types, without rows."""
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with open_warehouse(settings) as connection:
        create_own_tables(connection)
        write_run_context(connection, settings, run_id="bench", as_of=AS_OF, started_at=AS_OF)
    _dbt(
        settings, "build", "--exclude-resource-type", "test", "--exclude-resource-type",
        "unit_test", "--select", *GOALS,
    )  # fmt: skip


def _dbt(settings: Settings, *arguments: str) -> None:
    result: subprocess.CompletedProcess[str] = run_dbt(settings, *arguments)
    if result.returncode:
        raise RuntimeError(f"dbt failed: {last_lines(result.stdout)}")


@contextmanager
def measured_children() -> Iterator[Measured]:
    """Wall and CPU seconds of the child processes run inside, and the largest one's memory."""
    found = Measured()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    yield found
    found.wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # The largest child of this process so far; Linux counts it in KiB, macOS in bytes.
    found.peak_bytes = after.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _say(settings: Settings, measured: Measured) -> None:
    results = json.loads((target_dir(settings) / "run_results.json").read_text())["results"]
    slowest = sorted(results, key=lambda row: -row["execution_time"])[:SLOWEST]
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        connection.execute(f"set threads = 2; set memory_limit = '{settings.limits.memory_limit}'")
        rows = _count(connection, "marts.bridge_attribution_credits")
        candidates = _count(connection, "marts.bridge_match_candidates")
        credited = _count(
            connection, "marts.bridge_attribution_credits", "mail_piece_key is not null"
        )
        share = connection.execute(
            "select count(distinct job_key) / (select count(*) from intermediate.int_jobs__keyed) "
            "from marts.bridge_match_candidates where mail_piece_key is not null"
        ).fetchone()
        join = _plain_join(connection)
    print(
        f"candidates and ledger: {measured.wall:.0f} s wall, {measured.cpu:.0f} CPU s, "
        f"{measured.peak_bytes / 2**30:.1f} GiB at most; {rows:,} rows of the ledger "
        f"({rows / measured.wall:,.0f} a second), {credited:,} of them for a piece; "
        f"{candidates:,} candidates, {share[0]:.0%} of the jobs have a piece"
    )
    print(f"plain DuckDB hash join of jobs, pieces, invoices and lines: {join:.1f} s")
    print(
        "slowest models: "
        + ", ".join(
            f"{row['unique_id'].split('.')[-1]} {row['execution_time']:.1f} s" for row in slowest
        )
    )


def _count(connection: duckdb.DuckDBPyConnection, table: str, condition: str = "true") -> int:
    row = connection.execute(f"select count(*) from {table} where {condition}").fetchone()
    return int(row[0]) if row else 0


def _plain_join(connection: duckdb.DuckDBPyConnection) -> float:
    """Seconds of joining the same tables on household, job and invoice, and adding them up."""
    started = time.perf_counter()
    connection.execute(
        """
        select count(*), sum(lines.net_cents)
        from intermediate.int_jobs__keyed as jobs
        left join intermediate.int_mail__pieces_keyed as pieces
            on jobs.household_key = pieces.household_key
        inner join intermediate.int_money__invoices_keyed as invoices
            on jobs.job_key = invoices.job_key
        inner join intermediate.int_money__lines_built as lines
            on invoices.invoice_key = lines.invoice_key
        """
    ).fetchall()
    return time.perf_counter() - started
