"""`matchback demo`: the whole pipeline on the sandbox vendors, from nothing to a campaign's ROI."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from ingestion.errors import SettingsError
from ingestion.settings import Settings, load_settings
from orchestration.commands.run import run_nightly
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
    console.print(f"\nAll that took {time.monotonic() - started:.0f} s. Go on with:")
    shown = _relative(home)
    console.print(
        f"  .venv/bin/matchback --home {shown} ui           # Dagster: lineage, runs, checks"
    )
    console.print(
        f'  .venv/bin/matchback --home {shown} query "select campaign_name, verdict_text '
        'from rpt_campaign_summary"',
        soft_wrap=True,
    )
    console.print(f'  .venv/bin/matchback --home {shown} query "show tables"')


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
    """Print ROI by campaign, KPI tiles, rows per source and failed checks of a run."""
    with open_published(settings) as connection:
        console.print(campaign_table(connection))
        console.print(kpi_table(connection))
    console.print(rows_by_source(settings, outcome.run_id))
    if outcome.failed_checks:
        table = Table("asset", "check", "severity", title="Checks that failed")
        for row in outcome.failed_checks:
            table.add_row(*row)
        console.print(table)
    else:
        console.print("No check failed.")


def campaign_table(connection: Any) -> Table:
    """The headline: one line per campaign over all locations."""
    rows = connection.execute(
        """
        select campaign_name, sum(pieces_mailed), sum(direct_responses), sum(jobs_completed),
            sum(net_revenue_amount), sum(cost_amount),
            case when sum(cost_amount) > 0
                then (sum(margin_amount) - sum(cost_amount)) / sum(cost_amount) end,
            any_value(verdict), any_value(verdict_text)
        from rpt_campaign_summary group by campaign_key, campaign_name
        having sum(pieces_mailed) > 0 or sum(jobs_completed) > 0
        order by sum(pieces_mailed) > 0 desc, 5 desc
        """
    ).fetchall()
    table = Table(
        "campaign",
        "pieces",
        "responses",
        "jobs",
        "net revenue",
        "cost",
        "ROI",
        "verdict",
        title="ROI by campaign (attributed; lift decides the verdict)",
    )
    for name, pieces, responses, jobs, revenue, cost, roi, verdict, text in rows:
        table.add_row(
            name,
            f"{pieces or 0:,.0f}",
            f"{responses or 0:,.0f}",
            f"{jobs or 0:,.1f}",
            f"{revenue or 0:,.2f}",
            "-" if cost is None else f"{cost:,.2f}",
            "-" if roi is None else f"{roi:+.0%}",
            text or verdict or "-",
        )
    return table


def kpi_table(connection: Any) -> Table:
    """The KPI tiles of the last whole month against their targets."""
    rows = connection.execute(
        """
        select kpi, period_start_on, value, target, is_met from rpt_kpis
        where period = 'month' and cut = '(all)'
        qualify row_number() over (
            partition by kpi
            order by period_start_on < date_trunc('month', (select as_of from run_info)) desc,
                period_start_on desc
        ) = 1
        order by target is null, kpi
        """
    ).fetchall()
    table = Table("KPI", "month", "value", "target", "met", title="KPI tiles (last whole month)")
    for kpi, month, value, target, is_met in rows:
        table.add_row(
            kpi,
            f"{month:%Y-%m}",
            "-" if value is None else f"{value:,.3f}",
            "-" if target is None else f"{target:g}",
            "-" if is_met is None else ("[green]yes[/]" if is_met else "[red]no[/]"),
        )
    return table
