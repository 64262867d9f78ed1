"""`matchback run` and `matchback sync`: land, build, check, publish; or land only."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from ingestion.errors import MatchbackError, SettingsError
from ingestion.registry import SOURCES
from ingestion.settings import Settings, load_settings
from orchestration.lib.warehouse import require_free_disk, single_run

console = Console(highlight=False)


def register(app: typer.Typer) -> None:
    """Add `run` and `sync`."""
    app.command("run")(run)


def run(
    imports: list[Path] = typer.Option(
        [],
        "--imports",
        help="A folder of exports in the import format; may be given several times.",
    ),
    sources: str = typer.Option(
        "", "--sources", help="Only these, comma separated: servicetitan,hubspot,import ..."
    ),
    as_of: str = typer.Option(
        "", "--as-of", help="Rebuild what was known at this instant, e.g. 2026-10-01T00:00:00Z."
    ),
    publish: Path | None = typer.Option(
        None, "--publish", help="Folder for the marts of an --as-of build."
    ),
    full_refresh: bool = typer.Option(
        False, "--full-refresh", help="Read every source from its beginning and rebuild all marts."
    ),
    force: bool = typer.Option(False, "--force", help="Rebuild even when nothing is new."),
) -> None:
    """Run the nightly job now: land every source, rebuild, check and publish the marts.

    With --imports no settings file is needed: `matchback run --imports ./exports`.
    A vendor that is down leaves its data incomplete, the rest is published, exit code 4.
    """
    settings = load_settings()
    if as_of or publish:
        run_as_of(settings, as_of=as_of, folder=publish)
        return
    wanted = chosen_sources(sources)
    missing = [str(folder) for folder in imports if not folder.is_dir()]
    if missing:
        raise SettingsError(f"--imports {missing[0]} is no folder: name an existing one.")
    if not (imports or settings.imports or settings.enabled_accounts()):
        raise SettingsError(
            "No source is on: name a folder with --imports, or switch sources on in "
            "matchback.toml (see the commented example); `matchback demo` needs neither."
        )
    outcome = run_nightly(
        settings,
        options={
            "sources": wanted,
            "imports": [str(folder.resolve()) for folder in imports],
            "is_forced": force,
            "is_full_refresh": full_refresh,
        },
    )
    finish(settings, outcome)


def chosen_sources(text: str) -> list[str]:
    """The names in a comma-separated list.

    Raises:
        SettingsError: One is no source of ours.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in SOURCES:
            raise SettingsError(
                f"--sources names '{name}', which is no source: expected some of "
                f"{', '.join(SOURCES)}."
            )
    return names


@contextmanager
def steps_shown(title: str) -> Iterator[Any]:
    """A spinner with the step under way; every step stays as a line when it is over.

    What tools write to standard output meanwhile (dbt: a line a model) is kept in Dagster's logs
    and dbt's, not on a person's screen.
    """
    with _screen() as screen, screen.status(f"{title} ...") as status:

        def tell(step: str) -> None:
            screen.print(f"  [dim]{datetime.now(UTC):%H:%M:%S}[/] {step}")
            status.update(f"{step} ...")

        yield tell


@contextmanager
def _screen() -> Iterator[Console]:
    sys.stdout.flush()
    kept = os.dup(sys.__stdout__.fileno() if sys.__stdout__ else 1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        with os.fdopen(os.dup(kept), "w") as stream:
            yield Console(file=stream, highlight=False)
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def run_nightly(settings: Settings, *, options: dict[str, Any], job: str = "nightly") -> Any:
    """Execute a job under the home's lock and show its steps.

    Raises:
        AlreadyRunningError: The same job is under way.
    """
    from orchestration.lib.dagster_run import run_job

    require_free_disk(settings)
    with single_run(settings, name=job), steps_shown("Starting Dagster") as tell:
        return run_job(settings, job, options=options, progress=tell)


def finish(settings: Settings, outcome: Any) -> None:
    """Say how a run ended and leave with the exit code scripts can use."""
    from orchestration.lib.status import incomplete_accounts

    for failure in outcome.failures[1:]:
        if failure.cause == outcome.failures[0].cause:
            continue  # told once, at the end
        console.print(f"[red]{failure.step}[/]: {failure.cause}", soft_wrap=True)
    for asset, check, severity in outcome.failed_checks[:20]:
        console.print(f"[yellow]check {check} of {asset} failed ({severity.lower()})[/]")
    outcome.require_success()
    incomplete = incomplete_accounts(settings, outcome.run_id)
    verb = "published" if outcome.published else "nothing new, marts left as they are"
    console.print(f"Run {outcome.run_id}: {verb} ({settings.publish_folder}).", soft_wrap=True)
    if incomplete:
        for name, cause in incomplete:
            console.print(f"[yellow]{name} is incomplete[/]: {cause}", soft_wrap=True)
        raise typer.Exit(4)


def run_as_of(settings: Settings, *, as_of: str, folder: Path | None) -> None:
    """Build the marts of a past instant into another folder."""
    from orchestration.lib.as_of import build_as_of

    if not as_of or folder is None:
        raise SettingsError(
            "--as-of and --publish go together: expected an instant and the folder for its marts."
        )
    try:
        instant = datetime.fromisoformat(as_of)
    except ValueError:
        raise SettingsError(
            f"--as-of is '{as_of}': expected an instant such as 2026-10-01T00:00:00Z."
        ) from None
    if instant.tzinfo is None:
        raise SettingsError(f"--as-of '{as_of}' has no offset: add Z or +00:00.")
    if instant > settings.now():
        raise SettingsError(f"--as-of {as_of} lies in the future: expected a past instant.")
    with steps_shown("Building") as tell:
        try:
            tables = build_as_of(settings, instant.astimezone(UTC), folder.resolve(), tell)
        except OSError as error:
            raise MatchbackError(f"{folder} cannot be written ({error.strerror}).") from error
    console.print(f"{len(tables)} tables as of {instant} stand in {folder}.", soft_wrap=True)
