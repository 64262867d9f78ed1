"""`matchback mapping export`: every vendor field we read, its type, and where it goes."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from ingestion.errors import SettingsError
from orchestration.lib.field_mapping import MappedField, mapped_fields, spreadsheet_safe

PROJECT = Path(__file__).parents[2] / "dbt_project"
FORMATS = ("table", "csv", "json")

mapping = typer.Typer(no_args_is_help=True, help="What is read of each vendor, and where it goes.")


def register(app: typer.Typer) -> None:
    """Add `mapping`."""
    app.add_typer(mapping, name="mapping")


@mapping.command("export")
def export(
    source: str | None = typer.Option(None, help="Only this vendor."),
    form: str = typer.Option("table", "--format", help="table, csv or json."),
) -> None:
    """List every vendor field: entity, field, type, our column, the models that use it."""
    if form not in FORMATS:
        raise SettingsError(f"--format is '{form}': expected one of {', '.join(FORMATS)}.")
    fields = [field for field in mapped_fields(PROJECT) if source in (None, field.source)]
    if not fields:
        raise SettingsError(f"No field of '{source}' is read: expected a vendor that is staged.")
    if form == "json":
        json.dump([asdict(field) for field in fields], sys.stdout, indent=2)
        sys.stdout.write("\n")
    elif form == "csv":
        writer = csv.DictWriter(sys.stdout, list(asdict(fields[0])))
        writer.writeheader()
        for field in fields:
            writer.writerow({key: spreadsheet_safe(cell) for key, cell in asdict(field).items()})
    else:
        _print_table(fields)


def _print_table(fields: list[MappedField]) -> None:
    table = Table("source", "entity", "field", "type", "column", "goes to")
    for field in fields:
        table.add_row(
            field.source, field.entity, field.field, field.type, field.column, field.goes_to
        )
    Console(highlight=False).print(table)
