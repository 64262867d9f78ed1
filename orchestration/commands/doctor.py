"""`matchback doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from ingestion.settings import load_settings
from orchestration.lib.doctor import examine

COLOURS = {"ok": "green", "warning": "yellow", "fault": "red"}


def register(app: typer.Typer) -> None:
    """Add `doctor`."""
    app.command("doctor")(doctor)


def doctor(
    online: bool = typer.Option(
        True, help="Also ask the vendors: hosts, certificates, tokens and their scopes."
    ),
) -> None:
    """Check settings, secrets, tokens, certificates, keys, disk and marts; writes nothing.

    Exit code 1 if anything is a fault.
    """
    table = Table("what", "state", "found", "what to do")
    has_fault = False
    for finding in examine(load_settings(), is_online=online):
        colour = COLOURS[finding.state]
        table.add_row(
            finding.what, f"[{colour}]{finding.state}[/]", finding.detail, finding.what_to_do
        )
        has_fault = has_fault or finding.state == "fault"
    Console(highlight=False).print(table)
    if has_fault:
        raise typer.Exit(1)
