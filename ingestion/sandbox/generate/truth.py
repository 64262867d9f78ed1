"""Write down what no vendor knows, before anything is served."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

TABLES = ("campaigns", "members", "jobs", "records", "faults")
SCRIPT = Path(__file__).with_suffix(".sql")


def write_truth(connection: duckdb.DuckDBPyConnection) -> dict[str, pa.Table]:
    """Fill schema `truth` and hand the tables out.

    Returns:
        `campaigns` (true lift), `members` (true arm and person), `jobs` (true cause and what
        evidence of it the systems hold), `records` (true person and home of every record),
        `faults` (kind, source, account, entity, record_id, since).
    """
    connection.execute(SCRIPT.read_text(encoding="utf-8"))
    return {name: connection.execute(f"from truth.{name}").to_arrow_table() for name in TABLES}
