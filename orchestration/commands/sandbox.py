"""`matchback sandbox`: serve the vendors' stand-ins in the foreground, to play with them."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ingestion.errors import SettingsError

if TYPE_CHECKING:
    from ingestion.sandbox import Sandbox


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="sandbox")(sandbox)


def sandbox(
    size: Annotated[
        str, typer.Option(help="tiny, small, medium or large (a million customers).")
    ] = "small",
    seed: Annotated[int, typer.Option(help="Equal seeds give equal worlds.")] = 7,
    port: Annotated[
        int, typer.Option(min=0, max=65_532, help="First of four ports to listen on; 0: free ones.")
    ] = 8400,
    anchor: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Local date the clock starts on; default today."),
    ] = None,
    settings_to: Annotated[
        Path | None,
        typer.Option(help="Write a matchback.toml there, and the secrets to .env beside it."),
    ] = None,
    imports_to: Annotated[
        Path | None, typer.Option(help="Write the operator's import folder there.")
    ] = None,
) -> None:
    """Serve HubSpot, ServiceTitan, QuickBooks and PCM stand-ins over one generated operator.

    Nothing leaves this machine. Move the world's clock with
    POST /_sandbox/advance?hours=24, break things with POST /_sandbox/faults. Ends with Ctrl-C.
    """
    from ingestion.sandbox import Sandbox as Served
    from ingestion.sandbox import build_world, write_import_folder

    console = Console(stderr=True)
    with console.status(f"Generating a {size} world ..."):
        try:
            world = build_world(size, seed=seed, anchor=anchor.date() if anchor else None)
        except ValueError as error:
            raise SettingsError(f"{error}") from None
    running = Served(world)
    try:
        running.start(port)
    except OSError as error:
        running.stop()
        raise SettingsError(
            f"The sandbox cannot listen on port {port} ({error.strerror}): "
            "name another with --port, or 0 for free ones."
        ) from None
    with running:
        if imports_to:
            write_import_folder(world, imports_to)
        if settings_to:
            _write_settings(running, settings_to, imports_to)
        _banner(console, running, settings_to)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            console.print("Sandbox closed.")


def _write_settings(running: Sandbox, target: Path, imports_to: Path | None) -> None:
    imports = (imports_to.resolve(),) if imports_to else ()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(running.settings_toml(target.parent, imports=imports), encoding="utf-8")
    secrets = target.parent / ".env"
    lines = "".join(f"{name}={value}\n" for name, value in running.credentials.items())
    secrets.write_text(lines, encoding="utf-8")
    secrets.chmod(0o600)


def _banner(console: Console, running: Sandbox, settings_to: Path | None) -> None:
    table = Table(title=f"matchback sandbox: {running.world.size} world, clock {running.now}")
    table.add_column("vendor")
    table.add_column("address")
    for vendor, url in running.base_urls.items():
        table.add_row(vendor, url)
    console.print(table)
    first = next(iter(running.base_urls.values()))
    console.print(f"Next night:    curl -X POST '{first}/_sandbox/advance?hours=24'")
    console.print(
        f"A fault:       curl -X POST {first}/_sandbox/faults -d "
        """'{"vendor":"servicetitan","pattern":"*/export/jobs","kind":"status","status":503}'"""
    )
    if settings_to:
        home = settings_to.resolve().parent
        console.print(
            f"Read it with:  MATCHBACK_HOME={home} MATCHBACK_NOW={running.now:%Y-%m-%dT%H:%M:%SZ} "
            "matchback run   (after each advance give the new clock)",
            soft_wrap=True,
        )
    else:
        console.print("Secrets (made up, good for this sandbox only):")
        for name, value in running.credentials.items():
            console.print(f"  {name}={value}", highlight=False)
    console.print("Ctrl-C ends it.")
