"""The `matchback` command: one line per command group, and what a fault looks like to a person.

Each command stands in a module of `orchestration/commands`. A fault of ours is one sentence on
standard error and the exit code of its class (see `ingestion.errors`); a bug still shows its
traceback with `--debug` only, and a log file under MATCHBACK_HOME.
"""

from __future__ import annotations

import errno
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

from ingestion.disk import disk_full, is_disk_full
from ingestion.errors import MatchbackError, SettingsError

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

_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}

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
    _show_logs(is_debug=debug)


def _show_logs(*, is_debug: bool) -> None:
    """Send logs to standard error; by default only warnings, and Dagster's only to its own UI.

    The level is the handler's: libraries set that of their loggers when they are imported.
    """
    handler = logging.StreamHandler()
    if not is_debug:
        handler.setLevel(logging.WARNING)
        handler.addFilter(lambda record: record.name.partition(".")[0] != "dagster")
    logging.basicConfig(level=logging.DEBUG if is_debug else logging.WARNING, handlers=[handler])


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
        _say(errors, str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        errors.print("matchback: stopped; what was committed stays, run again to go on.")
        sys.exit(130)
    except Exception as error:
        if os.environ.get("MATCHBACK_DEBUG"):
            raise
        home = Path(os.environ.get("MATCHBACK_HOME", "data")).expanduser()
        known = _fault_of_the_machine(error, home)
        if known is not None:
            _say(errors, str(known))
            sys.exit(known.exit_code)
        where = _write_traceback(home / "logs")
        _say(
            errors,
            f"unexpected {type(error).__name__}; this is a bug. {where} The published marts are "
            "as they were.",
        )
        sys.exit(1)


def _fault_of_the_machine(error: Exception, home: Path) -> MatchbackError | None:
    """Our error for a disk that is full or a folder that does not let us; None for a bug."""
    if is_disk_full(error, home if home.exists() else None):
        return disk_full(home)
    if isinstance(error, OSError) and error.filename is not None and error.errno in _NOT_ALLOWED:
        return SettingsError(
            f"{error.filename} cannot be used ({error.strerror}): expected to read and write "
            f"there; correct its owner or permissions, or name another home than {home}."
        )
    return None


def _say(errors: Console, sentence: str) -> None:
    errors.print(f"matchback: {sentence}", style="red", markup=False, soft_wrap=True)


def _write_traceback(folder: Path) -> str:
    """Where the traceback is, as a sentence; it is never shown by itself."""
    try:
        return f"The traceback is in {_write_owner_only(folder)}."
    except OSError:
        return "Its traceback could not be written; show it with --debug."


def _write_owner_only(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "last_error.txt"
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(traceback.format_exc())
    return file


if __name__ == "__main__":
    main()
