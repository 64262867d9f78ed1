"""`matchback report`: one page on one campaign, from the published marts."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from ingestion.errors import SettingsError
from ingestion.settings import load_settings
from orchestration.lib.campaign_report import build_report
from orchestration.lib.published import open_published


def register(app: typer.Typer) -> None:
    """Add `report`."""
    app.command("report")(report)


def report(
    campaign: str = typer.Option(..., "--campaign", help="Name, id or key of the campaign."),
    html: bool = typer.Option(False, "--html", help="Write one HTML page (the default)."),
    xlsx: bool = typer.Option(False, "--xlsx", help="Write a workbook."),
    output: Path | None = typer.Option(None, "--output", help="File to write."),
) -> None:
    """Write a campaign's page: headline, verdict with interval, tie-out, five stories, definitions.

    Goes to `reports/` under the home unless --output names a file.
    """
    if html and xlsx and output is not None:
        raise SettingsError("--output names one file: give --html or --xlsx, not both.")
    settings = load_settings()
    with open_published(settings) as connection:
        found = build_report(connection, campaign)
    typer.echo(found.verdict)
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", str(found.campaign["campaign_name"])).strip("_")
    folder = settings.home / "reports"
    for is_wanted, ending in ((html or not xlsx, "html"), (xlsx, "xlsx")):
        if not is_wanted:
            continue
        file = output or folder / f"{name or found.campaign['campaign_key']}.{ending}"
        file.parent.mkdir(parents=True, exist_ok=True)
        if ending == "html":
            from orchestration.lib.report_html import render_html

            file.write_text(render_html(found), encoding="utf-8")
        else:
            from orchestration.lib.report_workbook import write_workbook

            write_workbook(found, file)
        typer.echo(f"wrote {file}")
