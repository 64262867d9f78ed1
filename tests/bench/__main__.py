"""Measure landing against DuckDB's own JSON reader, the ledger, and linkage against its targets.

`python -m tests.bench --rows 300000 --jobs 1000000 --records 100000`. Prints figures with
versions and machine; nothing is asserted, because machines differ.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from tests.bench.landing import bench_export, bench_import
from tests.bench.ledger import bench_ledger
from tests.bench.ledger_world import Size

PACKAGES = ("duckdb", "dlt", "pyarrow", "splink", "dbt-core", "dagster")


def main() -> int:
    """Run all measurements; returns the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument(
        "--jobs", type=int, default=1_000_000, help="three pieces, 1.5 invoices each"
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--only", choices=("import", "ledger", "linkage"))
    arguments = parser.parse_args()
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(versions)
    with tempfile.TemporaryDirectory(prefix="matchback-bench-") as folder:
        if arguments.only in (None, "import"):
            bench_import(Path(folder), arguments.rows)
            bench_export(Path(folder), arguments.rows)
        if arguments.only in (None, "ledger"):
            jobs = arguments.jobs
            bench_ledger(Path(folder), Size(jobs, 3 * jobs, 3 * jobs // 2))
    sys.stdout.flush()
    if arguments.only not in (None, "linkage"):
        return 0
    file = Path(__file__).parents[1] / "linkage" / "bench.py"
    command = [sys.executable, str(file), "--records", str(arguments.records)]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
