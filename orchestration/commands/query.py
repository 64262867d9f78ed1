"""`matchback query`: SQL against the published marts."""

from __future__ import annotations

import csv
import json
import sys
from typing import Any

import duckdb
import typer
from rich.console import Console
from rich.table import Table

from ingestion.errors import SettingsError
from ingestion.settings import load_settings
from orchestration.lib.published import open_published

MOST_ROWS_SHOWN = 200
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def register(app: typer.Typer) -> None:
    """Add `query`."""
    app.command("query")(query)


def query(
    sql: str = typer.Argument(help='E.g. "select campaign_name, roi from rpt_campaign_summary".'),
    output: str = typer.Option("table", "--format", "-f", help="table, csv or json."),
) -> None:
    """Ask the published marts a question in SQL (DuckDB). Tables are listed by `show tables`."""
    if output not in ("table", "csv", "json"):
        raise SettingsError(f"--format is '{output}': expected table, csv or json.")
    with open_published(load_settings()) as connection:
        try:
            result = connection.execute(sql)
        except duckdb.Error as error:
            raise SettingsError(f"The query does not run: {str(error).strip()}") from None
        columns = [column[0] for column in result.description or ()]
        rows = result.fetchall()
    if output == "csv":
        _write_csv(columns, rows)
    elif output == "json":
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        typer.echo(json.dumps(records, default=str, indent=1))
    else:
        _show(columns, rows)


def _write_csv(columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)


def safe_cell(cell: Any) -> Any:
    """A cell a spreadsheet will not run as a formula; numbers are left alone."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return "'" + cell
    return cell


def _show(columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    table = Table(*columns)
    for row in rows[:MOST_ROWS_SHOWN]:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console = Console(highlight=False)
    console.print(table)
    more = f", the first {MOST_ROWS_SHOWN} shown" if len(rows) > MOST_ROWS_SHOWN else ""
    console.print(f"{len(rows)} rows{more}")
