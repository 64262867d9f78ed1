"""`matchback checks`: the last run's checks, and Great Expectations' pages on request."""

from __future__ import annotations

import logging
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from ingestion.errors import SettingsError
from ingestion.settings import load_settings
from orchestration.lib.published import open_published
from orchestration.lib.warehouse import open_warehouse


def register(app: typer.Typer) -> None:
    """Add `checks`."""
    app.command("checks")(checks)


def checks(
    data_docs: Path | None = typer.Option(
        None, "--data-docs", help="Also run the marts' suites and write their pages to this folder."
    ),
    failed_only: bool = typer.Option(True, help="Only what did not hold."),
) -> None:
    """Show the checks of the last published run; exit code 1 if a critical one failed."""
    settings = load_settings()
    console = Console(highlight=False)
    with open_published(settings) as marts:
        run_id, *counts = marts.execute(
            "select run_id, checks_passed, checks_warned, checks_failed from run_info"
        ).fetchone() or ("", 0, 0, 0)
        rows = marts.execute(
            "select suite, table_name, expectation, severity, is_passed, failed_count "
            "from rpt_check_results where run_id = ? order by is_passed, severity, suite",
            [run_id],
        ).fetchall()
    table = Table("suite", "table", "expectation", "severity", "result", "failed rows")
    for suite, name, expectation, severity, is_passed, failed in rows:
        if is_passed and failed_only:
            continue
        result = "[green]passed[/]" if is_passed else "[red]failed[/]"
        table.add_row(suite, name, expectation, severity, result, str(failed or 0))
    console.print(table)
    passed, warned, critical = counts
    console.print(f"{passed} passed, {warned} warned, {critical} failed critically.")
    if data_docs is not None:
        _write_pages(run_id=run_id, folder=data_docs, console=console)
    if critical:
        raise typer.Exit(1)


def _write_pages(*, run_id: str, folder: Path, console: Console) -> None:
    from expectations.registry import mart_suites
    from expectations.report import write_data_docs
    from expectations.rules import Scope

    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"--data-docs {folder} is a file: name a folder.")
    folder.mkdir(parents=True, exist_ok=True)
    logging.disable(logging.INFO)  # Great Expectations tells of every temporary folder
    with (
        console.status("Running the marts' suites ..."),
        open_warehouse(load_settings()) as warehouse,
    ):
        files = write_data_docs(warehouse, mart_suites(), Scope(run_id=run_id), folder)
    console.print(f"Pages: {files[0]}", soft_wrap=True)
