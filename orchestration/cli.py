"""The `matchback` command: one line per command group, and what a fault looks like to a person.

Each command stands in a module of `orchestration/commands`. A fault of ours is one sentence on
standard error and the exit code of its class (see `ingestion.errors`); a bug still shows its
traceback with `--debug` only, and a log file under MATCHBACK_HOME.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console

from ingestion.errors import MatchbackError

COMMANDS = (
    "demo",
    "doctor",
    "run",
    "sync",
    "ui",
    "query",
    "status",
    "checks",
    "inspect",
    "why",
    "report",
    "plan",
    "split",
    "identity",
    "discrepancies",
    "alerts",
    "audit",
    "compare",
    "mapping",
    "sandbox",
)

EXIT_CODES = """
Exit codes: 0 done; 1 fault; 2 wrong setting or argument; 3 credentials; 4 a vendor was
incomplete; 5 warehouse locked; 6 disk full; 7 not published; 8 dbt failed.
"""

app = typer.Typer(
    name="matchback",
    help="Postcard to job to invoice: one true story of what mail earned, with the evidence."
    "\n\nStart with `matchback demo`, or `matchback run --imports FOLDER` on your own exports."
    + EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _register_commands(words: Sequence[str] = ()) -> None:
    """Add the commands named among the words; all of them where none is (help, a misspelling).

    The statistics behind `plan` take a second to import, which `why` does not need.
    """
    for name in [name for name in COMMANDS if name in words] or COMMANDS:
        module = importlib.import_module(f"orchestration.commands.{name}")
        module.register(app)


@app.callback()
def _common(
    home: str | None = typer.Option(
        None, "--home", help="The folder everything is written to (MATCHBACK_HOME; default data/)."
    ),
    settings: str | None = typer.Option(
        None, "--settings", help="The settings file (MATCHBACK_SETTINGS; default matchback.toml)."
    ),
    debug: bool = typer.Option(False, "--debug", help="Show tracebacks and debug logs."),
) -> None:
    if home:
        os.environ["MATCHBACK_HOME"] = home
    if settings:
        os.environ["MATCHBACK_SETTINGS"] = settings
    if debug:
        os.environ["MATCHBACK_DEBUG"] = "1"
    logging.basicConfig(level=logging.DEBUG if debug else logging.WARNING)


def main() -> None:
    """Run the command line; never ends in a bare traceback."""
    errors = Console(stderr=True, highlight=False)
    # Libraries' notes to programmers (sqlglot's about its own packaging) help no operator.
    warnings.simplefilter("ignore")
    try:
        _register_commands(sys.argv[1:])
        app()
    except MatchbackError as error:
        if os.environ.get("MATCHBACK_DEBUG"):
            traceback.print_exc()
        errors.print(f"matchback: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        errors.print("matchback: stopped; what was committed stays, run again to go on.")
        sys.exit(130)
    except Exception as error:
        if os.environ.get("MATCHBACK_DEBUG"):
            raise
        file = _write_traceback()
        errors.print(
            f"matchback: unexpected {type(error).__name__}; this is a bug. The traceback is in "
            f"{file}; the published marts are as they were.",
            style="red",
            markup=False,
            soft_wrap=True,
        )
        sys.exit(1)


def _write_traceback() -> Path:
    folder = Path(os.environ.get("MATCHBACK_HOME", "data")).expanduser() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "last_error.txt"
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(traceback.format_exc())
    return file


if __name__ == "__main__":
    main()
