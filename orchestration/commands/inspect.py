"""`matchback inspect`: what an import folder holds, before anything is written.

What is shown is found by `ingestion.imports.inspection`; here it is only printed.
"""

from __future__ import annotations

import csv
import importlib.resources
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingestion.errors import SettingsError
from ingestion.settings import load_settings

if TYPE_CHECKING:
    from ingestion.imports.inspection import (
        FileFinding,
        FolderFinding,
        RejectFinding,
        TableFinding,
    )

MOST_SHOWN = 25
_STATUS_SEED = ("seeds", "seed_status_words.csv")


def register(app: typer.Typer) -> None:
    """Add `inspect`."""
    app.command("inspect")(inspect)


def inspect(
    folder: Path = typer.Argument(help="A folder of exports: .csv, .csv.gz, .xlsx, .parquet."),
) -> None:
    """Look at a folder of exports and write nothing.

    Shows which table each file would be read into, a proposed imports.toml for those that would
    not be, rows and dates, rejects by reason, words nobody knows, the share of jobs with a
    marketing source and of mail pieces that can be matched. Exit code 1 if rows or files would be
    rejected.
    """
    from ingestion.imports.folder import reader_for
    from ingestion.imports.inspection import inspect_folder

    settings = load_settings()
    if not folder.is_dir():
        raise SettingsError(
            f"{folder} is no folder: expected one with files such as jobs.csv; name another one."
        )
    console = Console(highlight=False, soft_wrap=True)
    reader = reader_for(settings, folder.resolve(), writes_home=False)
    with console.status("reading ...") as status:
        found = inspect_folder(
            reader,
            now=settings.now(),
            known_status_words=known_status_words(),
            progress=lambda table: status.update(f"reading {table} ..."),
        )
    _print_files(console, found.files)
    _print_tables(console, found.tables)
    _print_rejects(console, found.rejects)
    _print_words(console, found.unknown_words)
    _print_shares(console, found)
    for file in found.files:
        if file.proposal:
            console.print(f"\nProposed for imports.toml ({file.file}):\n", markup=False)
            console.print(file.proposal, markup=False)
    if found.rejects:
        raise typer.Exit(1)


def known_status_words() -> set[str]:
    """The vendors' status words that the project's seed maps to states."""
    seed = importlib.resources.files("dbt_project").joinpath(*_STATUS_SEED)
    with seed.open(encoding="utf-8") as stream:
        return {row["vendor_word"] for row in csv.DictReader(stream)}


def _print_files(console: Console, files: list[FileFinding]) -> None:
    table = Table(
        "file", "table", "rows", "rejected", "columns used", "kept unknown", title="Files"
    )
    for file in files:
        used = ", ".join(ours for ours, _ in file.columns)
        table.add_row(
            _safe(file.file),
            file.table or "-",
            str(file.row_count),
            str(file.rejected_count),
            used if len(used) < 60 else f"{len(file.columns)} columns",
            _safe(", ".join(file.unknown_columns[:MOST_SHOWN])),
        )
    console.print(table)
    for file in files:
        mapped = [(ours, theirs) for ours, theirs in file.columns if ours != theirs.lower()]
        if mapped:
            pairs = ", ".join(f"{ours} = {theirs}" for ours, theirs in mapped)
            console.print(f"{file.file} -> {file.table}: {pairs}", markup=False)


def _print_tables(console: Console, tables: list[TableFinding]) -> None:
    table = Table("table", "rows to land", "by", "from", "to", title="Rows and dates")
    for one in tables:
        table.add_row(
            one.table, str(one.row_count), one.date_column or "", one.first or "", one.last or ""
        )
    console.print(table)


def _print_rejects(console: Console, rejects: list[RejectFinding]) -> None:
    if not rejects:
        console.print("No row would be rejected.")
        return
    table = Table("table", "rows", "reason", "first at", title="Rejects by reason")
    for one in rejects[:MOST_SHOWN]:
        table.add_row(_safe(one.table), str(one.count), _safe(one.reason), _safe(one.example))
    console.print(table)
    if len(rejects) > MOST_SHOWN:
        console.print(f"... and {len(rejects) - MOST_SHOWN} more reasons")


def _print_words(console: Console, unknown: dict[str, dict[str, int]]) -> None:
    for column, words in sorted(unknown.items()):
        shown = ", ".join(
            f"{word[:40]} ({count})" for word, count in list(words.items())[:MOST_SHOWN]
        )
        console.print(f"Words nobody knows in {column}: {shown}", markup=False)
    if unknown:
        console.print(
            "They are kept; give them a meaning in [[status_overrides]] of matchback.toml."
        )


def _print_shares(console: Console, found: FolderFinding) -> None:
    for what, part, whole in (
        ("jobs with a marketing source", found.jobs_with_source_count, found.job_count),
        ("mail pieces that can be matched", found.matchable_piece_count, found.piece_count),
    ):
        share = f"{part / whole:.0%}" if whole else "none there"
        console.print(f"{what}: {part} of {whole} ({share})")


def _safe(text: str) -> str:
    """Text out of a file, shown as it is: no markup, no control characters."""
    return escape("".join(sign if sign.isprintable() else "\ufffd" for sign in text))
