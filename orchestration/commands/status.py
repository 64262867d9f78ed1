"""`matchback status`: last runs, freshness, open discrepancies, disk forecast."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from ingestion.errors import PublishError
from ingestion.settings import Settings, load_settings
from orchestration.lib.alert_watch import last_success
from orchestration.lib.published import open_published
from orchestration.lib.status import GIGABYTE, disk_forecast, freshness, last_runs

STALE_HOURS = 26


def register(app: typer.Typer) -> None:
    """Add `status`."""
    app.command("status")(status)


def status() -> None:
    """Show last runs, freshness per source and account, open discrepancies and the disk.

    Exit code 1 when no nightly has succeeded for 26 hours, so that a monitor can call this.
    """
    settings = load_settings()
    console = Console(highlight=False)
    console.print(last_runs(settings))
    console.print(freshness(settings))
    for table in open_problems(settings):
        console.print(table)
    forecast = disk_forecast(settings)
    left = "" if forecast.days_left is None else f", full in about {forecast.days_left:,.0f} days"
    console.print(
        f"Disk: {forecast.used / GIGABYTE:.2f} GB used by {settings.home}, "
        f"{forecast.free / GIGABYTE:.1f} GB free{left}.",
        soft_wrap=True,
    )
    age = marker_age_hours(settings)
    if age is None or age > STALE_HOURS:
        when = "never" if age is None else f"{age:.0f} h ago"
        console.print(f"[red]The last nightly that succeeded: {when}; expected within 26 h.[/]")
        raise typer.Exit(1)
    console.print(f"The last nightly succeeded {age:.1f} h ago.")


def marker_age_hours(settings: Settings) -> float | None:
    """Hours since the success marker was left, or None if there is none."""
    finished = last_success(settings)
    return None if finished is None else (settings.now() - finished).total_seconds() / 3600


def open_problems(settings: Settings) -> list[Table]:
    """Open discrepancies and hygiene findings by kind; nothing if no marts are published."""
    queries = {
        "Open discrepancies": "select wire, kind, severity, count(*), min(first_seen_at)::date "
        "from rpt_reconciliation where resolved_at is null group by all order by 4 desc limit 15",
        "Open hygiene findings": "select rule, source, severity, count(*), "
        "min(first_seen_at)::date from rpt_hygiene where resolved_at is null "
        "group by all order by 4 desc limit 15",
    }
    tables = []
    try:
        with open_published(settings) as connection:
            for title, sql in queries.items():
                result = connection.execute(sql)
                table = Table("what", "kind", "severity", "open", "since", title=title)
                for row in result.fetchall():
                    table.add_row(*(str(cell) for cell in row))
                tables.append(table)
    except PublishError:
        return []
    return tables
