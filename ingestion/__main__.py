"""Pull one source alone: `python -m ingestion hubspot [--account main] [--entity contacts]`."""

from __future__ import annotations

import argparse
import sys
import uuid

from ingestion.errors import MatchbackError
from ingestion.registry import SOURCES
from ingestion.results import AccountResult, EntityResult
from ingestion.run import land_account
from ingestion.settings import Settings, load_settings


def main(arguments: list[str] | None = None) -> int:
    """Pull the named source and print what came of it; the exit code says how it went."""
    parser = argparse.ArgumentParser(prog="python -m ingestion", description=__doc__)
    parser.add_argument("source", choices=sorted(SOURCES))
    parser.add_argument("--account", action="append", help="default: all that are on")
    parser.add_argument("--entity", action="append", help="default: all")
    chosen = parser.parse_args(arguments)
    try:
        settings = load_settings()
        accounts = chosen.account or _accounts(settings, chosen.source)
        code = 0
        for account in accounts:
            result = land_account(
                settings,
                chosen.source,
                account,
                run_id=uuid.uuid4().hex,
                now=settings.now(),
                entities=chosen.entity,
                progress=_print_entity,
            )
            _print_account(result)
            if result.error:
                code = result.error.exit_code
            elif not result.is_complete:
                code = 1
    except MatchbackError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201  a command line
        return error.exit_code
    return code


def _accounts(settings: Settings, source: str) -> list[str]:
    if source == "import":
        from ingestion.imports.folder import folder_labels

        return list(folder_labels(settings.imports))
    return [account for name, account in settings.enabled_accounts() if name == source]


def _print_entity(entity: EntityResult) -> None:
    print(  # noqa: T201
        f"{entity.entity:24} read {entity.read_count:>8}  new {entity.landed_count:>8}  "
        f"gone {entity.tombstone_count:>6}  rejected {entity.rejected_count:>5}"
        f"{'' if entity.is_complete else '  INCOMPLETE'}"
    )


def _print_account(result: AccountResult) -> None:
    seconds = (result.finished_at - result.started_at).total_seconds()
    state = "complete" if result.is_complete else f"incomplete: {result.error or 'see above'}"
    print(f"{result.source}/{result.account}: {state} ({seconds:.1f} s)")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
