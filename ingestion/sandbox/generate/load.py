"""Numbers into tables: the generated columns as DuckDB tables with ids, codes and names.

Every table is one row per record with the instants at which things happen to it; the state at a
given moment is worked out when it is served. Instants are naive UTC.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

Columns = dict[str, np.ndarray]

# Ids start anew in each tenant, so the same number means different records in the two of them.
ID_BASES = {
    "customer": 100_000_000,
    "location": 150_000_000,
    "contact": 200_000_000,
    "job": 300_000_000,
    "appointment": 350_000_000,
    "invoice": 400_000_000,
    "payment": 450_000_000,
    "credit_memo": 480_000_000,
    "call": 500_000_000,
    "lead": 550_000_000,
    "booking": 600_000_000,
    "estimate": 650_000_000,
    "shift": 700_000_000,
    "timesheet": 750_000_000,
    "assignment": 800_000_000,
    "history": 850_000_000,
}


def to_arrow(columns: Columns) -> pa.Table:
    """Columns as an Arrow table with a row number `n`; NaT becomes null."""
    count = len(next(iter(columns.values()))) if columns else 0
    arrays = {"n": pa.array(np.arange(count))}
    for name, values in columns.items():
        if values.dtype.kind == "M":
            values = values.astype("datetime64[us]")
        arrays[name] = pa.array(values)
    return pa.table(arrays)


def load(connection: duckdb.DuckDBPyConnection, name: str, columns: Columns | pa.Table) -> None:
    """Store columns as table `base.<name>`."""
    table = columns if isinstance(columns, pa.Table) else to_arrow(columns)
    connection.register("incoming", table)
    connection.execute(f"create or replace table base.{name} as select * from incoming")
    connection.unregister("incoming")


def run_all(connection: duckdb.DuckDBPyConnection, statements: str) -> None:
    """Run a script of statements."""
    connection.execute(statements)
