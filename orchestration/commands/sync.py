"""`matchback sync`: land what is new, leave the marts for the night."""

from __future__ import annotations

import typer

from ingestion.errors import SettingsError
from ingestion.settings import load_settings
from orchestration.commands.run import chosen_sources, console, run_nightly
from orchestration.lib.alert_watch import tend_alerts
from orchestration.lib.status import incomplete_accounts, rows_by_source


def register(app: typer.Typer) -> None:
    """Add `sync`."""
    app.command("sync")(sync)


def sync(
    sources: str = typer.Option("", "--sources", help="Only these, comma separated."),
) -> None:
    """Land what is new of every source now (the 15-minute job); marts are not rebuilt."""
    settings = load_settings()
    if not (settings.imports or settings.enabled_accounts()):
        raise SettingsError("No source is on: switch sources on in matchback.toml.")
    outcome = run_nightly(settings, options={"sources": chosen_sources(sources)}, job="sync")
    console.print(rows_by_source(settings, outcome.run_id))
    tend_alerts(settings)
    outcome.require_success()
    incomplete = incomplete_accounts(settings, outcome.run_id)
    for name, cause in incomplete:
        console.print(f"[yellow]{name} is incomplete[/]: {cause}", soft_wrap=True)
    if incomplete:
        raise typer.Exit(4)
