"""Measure landing against DuckDB's own JSON reader, and linkage against its targets.

`python -m tests.bench --rows 300000 --records 100000`. Prints figures with versions and machine;
nothing is asserted, because machines differ.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

import duckdb

from ingestion.landing import LANDED_SCHEMA

PACKAGES = ("duckdb", "dlt", "pyarrow", "splink", "dbt-core", "dagster")
ROWS_A_FILE = 5_000


def main() -> int:
    """Run all measurements; returns the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--records", type=int, default=100_000)
    arguments = parser.parse_args()
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(versions)
    with tempfile.TemporaryDirectory(prefix="matchback-bench-") as folder:
        bench_import(Path(folder), arguments.rows)
    sys.stdout.flush()
    file = Path(__file__).parents[1] / "linkage" / "bench.py"
    command = [sys.executable, str(file), "--records", str(arguments.records)]
    return subprocess.run(command, check=False).returncode


def bench_import(folder: Path, rows: int) -> None:
    """Land a jobs file through the import folder, beside DuckDB reading the same rows as JSON."""
    from ingestion.run import land_account
    from ingestion.settings import Settings

    exports = folder / "exports"
    exports.mkdir()
    duckdb.execute(
        f"""
        copy (
            select 'bench' as source, 'J' || number as job_id, 'C' || number % 1000 as customer_id,
                'repair' as job_type, 'Completed' as status,
                '2026-03-01T12:00:00Z' as created_at, '2026-03-02T12:00:00Z' as completed_at
            from range({rows}) as numbers(number)
        ) to '{exports}/jobs.csv' (header)
        """
    )
    settings = Settings(home=folder / "home", imports=(exports,))
    started = time.perf_counter()
    result = land_account(settings, "import", "exports", run_id="bench", now=settings.now())
    landed = time.perf_counter() - started
    count = sum(entity.landed_count for entity in result.entities)
    again = time.perf_counter()
    land_account(settings, "import", "exports", run_id="again", now=settings.now())
    again = time.perf_counter() - again
    limit = _json_limit(folder, rows)
    print(
        f"import folder: {count:,} rows in {landed:.1f} s ({count / landed:,.0f} rows/s); "
        f"read again, nothing new: {again:.1f} s; DuckDB read_json of the same rows: {limit:.2f} s "
        f"(ratio {landed / limit:.1f}); columns landed: {len(LANDED_SCHEMA)}"
    )


def _json_limit(folder: Path, rows: int) -> float:
    pages = folder / "pages"
    pages.mkdir()
    row = {"source": "bench", "job_type": "repair", "created_at": "2026-03-01T12:00:00Z"}
    for first in range(0, rows, ROWS_A_FILE):
        page = [{**row, "job_id": f"J{number}"} for number in range(first, first + ROWS_A_FILE)]
        (pages / f"{first}.json").write_text(json.dumps(page))
    started = time.perf_counter()
    duckdb.execute(f"select count(*) from read_json('{pages}/*.json')").fetchall()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
