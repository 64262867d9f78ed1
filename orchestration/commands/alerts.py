"""`matchback alerts`: list and acknowledge alerts, watch the rules, send what is queued."""

from __future__ import annotations

import getpass

import typer
from rich.console import Console
from rich.table import Table

from ingestion.errors import PublishError
from ingestion.settings import load_settings
from orchestration.lib.alert_delivery import deliver_due
from orchestration.lib.alert_router import acknowledge, list_alerts, watch
from orchestration.lib.published import open_published

alerts = typer.Typer(
    no_args_is_help=True,
    help="One alert per open cause, to the right people.\n\n"
    "An alert closes itself when its cause is gone. What nobody acknowledges in time goes to the "
    "escalation owner (`alerts.escalate_after_minutes`).",
)


def register(app: typer.Typer) -> None:
    """Add `alerts`."""
    app.add_typer(alerts, name="alerts")


@alerts.command("list")
def list_command(
    everything: bool = typer.Option(False, "--all", help="Show closed ones, too."),
) -> None:
    """Show open alerts, loudest and oldest first, with deliveries that did not get through."""
    rows = list_alerts(load_settings(), is_everything=everything)
    console = Console(highlight=False)
    if not rows:
        console.print("None.")
        return
    table = Table("alert", "severity", "rule", "owner", "since (UTC)", "state", "stuck", "text")
    for row in rows:
        table.add_row(
            row["alert_id"],
            row["severity"],
            row["rule"],
            row["owner"],
            row["opened_at"][:16].replace("T", " "),
            row["state"],
            row["stuck_channels"] or "",
            row["text"],
        )
    console.print(table)


@alerts.command("ack")
def ack(
    alert_id: str = typer.Argument(..., help="The alert's id, or its first characters."),
    note: str = typer.Option("", "--note", help="Your words; they stand in the audit log."),
    actor: str | None = typer.Option(None, "--actor", help="Who acts; default: you."),
) -> None:
    """Take an alert, so that it is not escalated."""
    acknowledge(load_settings(), alert_id, actor=actor or getpass.getuser(), note=note)
    Console(highlight=False).print("Acknowledged.")


@alerts.command("watch")
def watch_command() -> None:
    """Evaluate the rules over the published marts now, then send what is due.

    Exit code 4 when a delivery failed; it is queued and tried again at the next call.
    """
    settings = load_settings()
    console = Console(highlight=False)
    try:
        with open_published(settings) as marts:
            raised, closed = watch(settings, marts)
        console.print(f"{raised} alerts raised, {closed} closed.")
    except PublishError as error:
        console.print(str(error), soft_wrap=True)
    sent, failed = deliver_due(settings)
    console.print(f"{sent} deliveries sent, {failed} failed.")
    if failed:
        raise typer.Exit(4)
