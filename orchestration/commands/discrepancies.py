"""`matchback discrepancies`: list, show, ack, resolve and reopen what the systems disagree on."""

from __future__ import annotations

import getpass

import typer
from rich.console import Console
from rich.table import Table

from ingestion.settings import load_settings
from orchestration.lib.discrepancies import (
    act_on_discrepancy,
    find_discrepancy,
    list_discrepancies,
    words_about,
)
from orchestration.lib.published import open_published

KEY = typer.Argument(..., help="The discrepancy's key, or its first characters.")
NOTE = typer.Option("", "--note", help="Your words; they stand in the audit log.")
ACTOR = typer.Option(None, "--actor", help="Who acts; default is the user logged in.")

discrepancies = typer.Typer(
    no_args_is_help=True,
    help="What the systems disagree on: see it, take it, settle it.\n\n"
    "A discrepancy closes itself when the data agree. `resolve` is for the ones that are right "
    "as they are: it needs words, and it holds until somebody reopens it. What you record is in "
    "the audit log at once and in the published marts after the next run.",
)


def register(app: typer.Typer) -> None:
    """Add `discrepancies`."""
    app.add_typer(discrepancies, name="discrepancies")


@discrepancies.command("list")
def list_command(
    kind: str | None = typer.Option(None, help="Only this kind, e.g. job_without_invoice."),
    wire: str | None = typer.Option(None, help="Only this wire, e.g. booking_out."),
    owner: str | None = typer.Option(None, help="Only this owner's."),
    settled: bool = typer.Option(False, "--settled", help="Show settled ones instead."),
    limit: int = typer.Option(50, min=1, help="At most so many."),
) -> None:
    """Show open discrepancies, worst and oldest first."""
    with open_published(load_settings()) as marts:
        rows = list_discrepancies(
            marts, kind=kind, wire=wire, owner=owner, is_settled=settled, limit=limit
        )
    console = Console(highlight=False)
    if not rows:
        console.print("None.")
        return
    table = Table("key", "kind", "severity", "state", "owner", "record", "expected", "observed")
    for row in rows:
        table.add_row(
            row["discrepancy_key"][:10],
            row["kind"],
            row["severity"],
            row["state"],
            row["owner"],
            f"{row['source']}/{row['account']} {row['entity']} {row['entity_id']}",
            row["expected"],
            row["observed"],
        )
    console.print(table)


@discrepancies.command("show")
def show(key: str = KEY) -> None:
    """Show everything about one discrepancy: what, since when, what to do, who said what."""
    settings = load_settings()
    with open_published(settings) as marts:
        found = find_discrepancy(marts, key)
    console = Console(highlight=False)
    for name, value in found.items():
        if value is not None:
            console.print(f"{name:>16}  {value}", markup=False, soft_wrap=True)
    for words in words_about(settings, found["discrepancy_key"]):
        console.print(
            f"{words['happened_at'][:19]}  {words['actor']} {words['action']}: {words['detail']}",
            markup=False,
            soft_wrap=True,
        )


@discrepancies.command("ack")
def ack(key: str = KEY, note: str = NOTE, actor: str | None = ACTOR) -> None:
    """Say that you have it."""
    _act(key, "ack", note, actor)


@discrepancies.command("resolve")
def resolve(key: str = KEY, note: str = NOTE, actor: str | None = ACTOR) -> None:
    """Settle it although the data disagree; needs --note."""
    _act(key, "resolve", note, actor)


@discrepancies.command("reopen")
def reopen(key: str = KEY, note: str = NOTE, actor: str | None = ACTOR) -> None:
    """Take a resolution or acknowledgement back."""
    _act(key, "reopen", note, actor)


def _act(key: str, action: str, note: str, actor: str | None) -> None:
    settings = load_settings()
    with open_published(settings) as marts:
        found = act_on_discrepancy(
            settings, marts, key, action=action, actor=actor or getpass.getuser(), note=note
        )
    Console(highlight=False).print(
        f"{action} recorded for {found['kind']} {found['entity']} {found['entity_id']}; "
        "the next run shows it.",
        soft_wrap=True,
    )
