"""`matchback ui`: Dagster's webserver and daemon on loopback."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import typer
from rich.console import Console

from ingestion.errors import MatchbackError
from ingestion.settings import load_settings
from orchestration.lib.dagster_run import prepare_dagster_home
from orchestration.lib.dbt_project import ensure_manifest


def register(app: typer.Typer) -> None:
    """Add `ui`."""
    app.command("ui")(ui)


def ui(
    port: int = typer.Option(3000, "--port", help="Port on loopback."),
    daemon: bool = typer.Option(True, help="Also run schedules and sensors."),
) -> None:
    """Open the Dagster UI (lineage, runs, checks) and keep the nightly schedule alive.

    Both end when this command does. For unattended machines let a supervisor restart it; the
    nightly can also run from cron as `matchback run`.
    """
    settings = load_settings()
    console = Console(highlight=False)
    prepare_dagster_home(settings)
    with console.status("Reading the dbt project ..."):
        ensure_manifest(settings)
    folder = Path(sys.executable).parent
    module = ["-m", "orchestration.definitions"]
    server = [str(folder / "dagster-webserver"), "-h", "127.0.0.1", "-p", str(port), *module]
    commands = [server]
    if daemon:
        commands.append([str(folder / "dagster-daemon"), "run", *module])
    processes = [subprocess.Popen(command) for command in commands]  # noqa: S603
    console.print(f"Dagster UI: http://127.0.0.1:{port}  (stop with Ctrl-C)")
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(1)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)
    raise MatchbackError(
        f"Dagster stopped by itself (exit codes {[process.returncode for process in processes]}): "
        f"is port {port} free? Try another with --port."
    )
