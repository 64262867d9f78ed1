"""`matchback demo`: the whole pipeline on the sandbox vendors, from nothing to a campaign's ROI."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from ingestion.errors import SettingsError
from ingestion.settings import Settings, load_settings
from orchestration.commands.run import run_nightly
from orchestration.lib.headline import campaign_table, kpi_table
from orchestration.lib.published import open_published
from orchestration.lib.status import rows_by_source

console = Console(highlight=False)
OWN_MARK = ".matchback-demo"


def register(app: typer.Typer) -> None:
    """Add `demo`."""
    app.command("demo")(demo)


def demo(
    size: str = typer.Option("small", "--size", help="small, medium or large world."),
    seed: int = typer.Option(7, "--seed", help="Another seed is another world."),
    keep: bool = typer.Option(False, "--keep", help="Go on with the demo home that is there."),
) -> None:
    """Start stand-in vendors on loopback, run the nightly job against them, show what it found.

    Needs no account and no network. Everything is written to `demo` under MATCHBACK_HOME.
    """
    from ingestion.sandbox import Sandbox, build_world, write_import_folder

    started = time.monotonic()
    home = load_settings().home / "demo"
    if not keep:
        _start_afresh(home)
    with console.status("Making a world of customers, postcards, jobs and invoices ..."):
        world = build_world(size=size, seed=seed)
    with Sandbox(world).start() as sandbox:
        console.print(f"Sandbox vendors are up on loopback: {', '.join(sandbox.base_urls)}.")
        imports = home / "exports"
        write_import_folder(world, imports, sandbox.now)
        file = home / "matchback.toml"
        file.write_text(sandbox.settings_toml(home, imports=(imports,)))
        os.environ.update(sandbox.credentials)
        os.environ["MATCHBACK_HOME"] = str(home)
        os.environ["MATCHBACK_SETTINGS"] = str(file)
        settings = load_settings()
        outcome = run_nightly(settings, options={})
    outcome.require_success()
    show_results(settings, outcome)
    console.print(f"\nAll that took {time.monotonic() - started:.0f} s. Go on with:\n")
    for line in next_steps(_relative(home)):
        console.print(f"  {line}", soft_wrap=True)


def next_steps(home: str) -> tuple[str, ...]:
    """Commands that show more of a demo home, ready to be pasted."""
    sql = "select distinct campaign_name, verdict_text from rpt_campaign_summary"
    return (
        f"export MATCHBACK_HOME={home} MATCHBACK_SETTINGS={home}/matchback.toml",
        ".venv/bin/matchback ui                       # Dagster: lineage, runs, checks",
        '.venv/bin/matchback query "show tables"      # what there is to ask',
        f'.venv/bin/matchback query "{sql}"',
        ".venv/bin/matchback status                   # freshness, open findings, disk",
    )


def _start_afresh(home: Path) -> None:
    if home.exists() and not (home / OWN_MARK).exists():
        raise SettingsError(
            f"{home} is there but was not made by the demo: move it away, or set MATCHBACK_HOME."
        )
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    (home / OWN_MARK).touch()


def _relative(home: Path) -> str:
    try:
        return str(home.relative_to(Path.cwd()))
    except ValueError:
        return str(home)


def show_results(settings: Settings, outcome: Any) -> None:
    """Print ROI by campaign, KPIs, rows per source and failed checks of a run."""
    with open_published(settings) as connection:
        console.print(campaign_table(connection))
        console.print(kpi_table(connection))
    console.print(rows_by_source(settings, outcome.run_id))
    if not outcome.failed_checks:
        console.print("No check failed.")
        return
    table = Table("table", "check", "severity", title="Checks that failed", box=SIMPLE)
    for row in outcome.failed_checks:
        table.add_row(*row)
    console.print(table)
    console.print("The stand-in vendors hold planted faults: a warning here is one that was found.")
