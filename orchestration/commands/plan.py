"""`matchback plan`: what a holdout of a given size can find, before anything is mailed."""

from __future__ import annotations

from dataclasses import replace

import typer
from rich.console import Console
from rich.table import Table

from ingestion.errors import PublishError, SettingsError
from ingestion.settings import Settings, load_settings
from orchestration.lib.power import History, Power, power_of, read_history, words_of
from orchestration.lib.published import open_published

OTHER_SHARES = (0.05, 0.10, 0.20, 0.30, 0.50)


def register(app: typer.Typer) -> None:
    """Add `plan`."""
    app.command("plan")(plan)


def plan(
    households: int = typer.Option(..., "--households", help="Households on the list."),
    holdout: float = typer.Option(0.10, "--holdout", help="Share held out, e.g. 0.1."),
    job_share: float | None = typer.Option(
        None, "--job-share", help="Share with a job without mail; default: your own holdouts'."
    ),
    margin: float | None = typer.Option(None, "--margin", help="Margin of a household with a job."),
) -> None:
    """Say what lift a mailing of this size can detect, and what other holdouts would.

    Your own held-out households give the figures where a wave has closed; else they are assumed.
    """
    settings = load_settings()
    history = _history(settings, job_share, margin)
    asked = _power(households, holdout, history)
    for sentence in words_of(asked, history, window_days=settings.lift.primary_window_days):
        typer.echo(sentence)
    table = Table(
        "holdout", "held out", "lift of job share", "margin a household", "verdict likely"
    )
    for share in sorted({*OTHER_SHARES, holdout}):
        other = _power(households, share, history)
        table.add_row(
            f"{share:.0%}",
            f"{other.holdout:,}",
            f"{100 * other.share_lift:.2f} points",
            f"{other.margin_lift:,.2f}",
            "yes" if other.is_enough else "too few to say",
        )
    Console(highlight=False).print(table)


def _power(households: int, share: float, history: History) -> Power:
    held = round(households * share)
    if not 0 < share < 1 or held < 1 or held >= households:
        raise SettingsError(
            f"{households:,} households with a holdout of {share}: expected a share strictly "
            "between 0 and 1 that leaves households in both arms; change one of them."
        )
    return power_of(households - held, held, history)


def _history(settings: Settings, job_share: float | None, margin: float | None) -> History:
    history = History()
    try:
        with open_published(settings) as connection:
            history = (
                read_history(
                    connection,
                    window_days=settings.lift.primary_window_days,
                    table="rpt_campaign_lift",
                )
                or history
            )
    except PublishError:
        pass
    if job_share is not None:
        if not 0 < job_share < 1:
            raise SettingsError(f"--job-share is {job_share}: expected a share between 0 and 1.")
        history = replace(history, job_share=job_share, origin="as you gave it")
    if margin is not None:
        scale = margin / history.margin_mean
        history = replace(
            history, margin_mean=margin, margin_deviation=history.margin_deviation * scale
        )
    return history
