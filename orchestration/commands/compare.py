"""`matchback compare`: two periods side by side, with intervals."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from ingestion.settings import load_settings
from orchestration.lib.comparison import compare_periods, parse_period
from orchestration.lib.published import open_published


def register(app: typer.Typer) -> None:
    """Add `compare`."""
    app.command("compare")(compare)


def compare(
    before: str = typer.Option(..., help="First period, e.g. 2026-09-01..2026-09-14."),
    after: str = typer.Option(..., help="Second period, e.g. 2026-10-01..2026-10-14."),
) -> None:
    """Compare a pilot with the time before it: speed, duplicates, silent failures, completeness.

    Both ends of a period belong to it. The interval is of the difference, at 95 %; a difference
    whose interval holds 0 is none to be seen.
    """
    first, second = parse_period(before), parse_period(after)
    with open_published(load_settings()) as marts:
        results = compare_periods(marts, before=first, after=second)
    table = Table("measure", before, after, "difference", "95 % interval", "verdict")
    for result in results:
        table.add_row(
            result.measure,
            f"{_number(result.before, result.unit)} (n {result.before_count:,})",
            f"{_number(result.after, result.unit)} (n {result.after_count:,})",
            _number(result.difference, result.unit, signed=True),
            f"{_number(result.low, result.unit, signed=True)} to "
            f"{_number(result.high, result.unit, signed=True)}",
            result.verdict,
        )
    Console(highlight=False).print(table)


def _number(value: float | None, unit: str, *, signed: bool = False) -> str:
    if value is None:
        return "-"
    sign = "+" if signed else ""
    return f"{100 * value:{sign}.2f} %" if unit == "share" else f"{value:{sign}.1f} {unit}"
