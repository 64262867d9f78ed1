"""How many rows a table of the marts has and what its amounts sum to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class TableMeasures:
    """Rows of one table, and each `_amount` column's sum as decimal text."""

    name: str
    row_count: int
    totals: dict[str, str]


def measure_table(
    connection: duckdb.DuckDBPyConnection, relation: str, name: str, columns: Sequence[str]
) -> TableMeasures:
    """Count a table and sum its amounts in one pass.

    Args:
        connection: Where the table can be read.
        relation: Its quoted name in SQL, e.g. `outgoing.marts."fct_jobs"`.
        name: What it is called in reports.
        columns: Names of its columns; those ending in `_amount` are summed.
    """
    amounts = [column for column in columns if column.endswith("_amount")]
    sums = "".join(f', sum("{column}")' for column in amounts)
    row = connection.execute(f"select count(*){sums} from {relation}").fetchone()
    assert row is not None  # noqa: S101 - an aggregate always has its row
    totals = {column: str(value or 0) for column, value in zip(amounts, row[1:], strict=True)}
    return TableMeasures(name=name, row_count=row[0], totals=totals)


def measure_schema(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[str, TableMeasures]:
    """Measures of every table of one schema of the open database, by table name."""
    rows = connection.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns() "
        "where database_name = current_database() and schema_name = ? group by 1 order by 1",
        [schema],
    ).fetchall()
    return {
        name: measure_table(connection, f'"{schema}"."{name}"', name, columns)
        for name, columns in rows
    }
