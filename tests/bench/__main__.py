"""Measure landing against DuckDB's own JSON reader, and linkage against its targets.

`python -m tests.bench --rows 300000 --records 100000`. Prints figures with versions and machine;
nothing is asserted, because machines differ.
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

PACKAGES = ("duckdb", "dlt", "pyarrow", "splink", "dbt-core", "dagster")


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
        bench_export(Path(folder), arguments.rows)
    file = Path(__file__).parents[1] / "linkage" / "bench.py"
    command = [sys.executable, str(file), "--records", str(arguments.records)]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
