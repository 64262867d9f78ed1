"""Lands a source's accounts and checks them at the door.

A critical failure at the door holds the account's rows of this run back (`held_loads`): staging
leaves them out until a later run passes, so marts keep showing what they showed. Nothing is
deleted: what is held stays in raw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from ingestion.run import AccountResult, EntityResult, land_account
from ingestion.settings import Settings
from orchestration.lib.ledger_tables import SCHEMA
from orchestration.lib.nightly import append_check_results
from orchestration.lib.warehouse import (
    create_own_tables,
    open_warehouse,
    require_free_disk,
    single_run,
)


@dataclass(frozen=True)
class AccountDoor:
    """What landed of one account, and what the checks at the door said."""

    result: AccountResult
    checks: Sequence[Any]
    is_held: bool


def accounts_of(settings: Settings, source: str) -> list[str]:
    """The accounts of a source that are on; of `import`, the labels of its folders."""
    if source == "import":
        return [folder.name for folder in settings.imports]
    return [account for name, account in settings.enabled_accounts() if name == source]


def land_source(
    settings: Settings,
    source: str,
    *,
    run_id: str,
    full_refresh: bool = False,
    progress: Callable[[str], None] | None = None,
) -> list[AccountDoor]:
    """Land every account of a source, one after the other; one's fault leaves the others alone.

    Raises:
        DiskFullError: The disk cannot hold the load.
        WarehouseLockedError: Another process keeps the warehouse.
    """
    accounts = accounts_of(settings, source)
    if not accounts:
        return []
    require_free_disk(settings)
    doors = []
    with single_run(settings, name="writer", wait=True):
        with open_warehouse(settings) as connection:
            create_own_tables(connection)
        for account in accounts:
            if progress:
                progress(f"Reading {source} account '{account}'.")
            result = land_account(
                settings,
                source,
                account,
                run_id=run_id,
                now=settings.now(),
                full_refresh=full_refresh,
                progress=_told(progress, source, account),
            )
            doors.append(_check_at_door(settings, result, run_id=run_id))
    return doors


def _told(
    progress: Callable[[str], None] | None, source: str, account: str
) -> Callable[[EntityResult], None] | None:
    if progress is None:
        return None

    def tell(entity: EntityResult) -> None:
        progress(
            f"{source} account '{account}', {entity.entity}: {entity.read_count} read, "
            f"{entity.landed_count} landed, {entity.rejected_count} rejected, "
            f"{entity.unchanged_count} unchanged."
        )

    return tell


def _check_at_door(settings: Settings, result: AccountResult, *, run_id: str) -> AccountDoor:
    # Nothing new landed: nothing new to check, and GX takes seconds to import.
    if not any(row.landed_count for row in result.entities):
        return AccountDoor(result=result, checks=(), is_held=False)
    from expectations import check_raw

    now = settings.now()
    with open_warehouse(settings) as connection:
        report = check_raw(connection, result.source, result.account, run_id=run_id, as_of=now)
        # One vendor's suites run once for each of its accounts.
        rows = [
            {**vars(row), "suite": f"{row.suite}/{result.source}/{result.account}"}
            for row in report.results
        ]
        append_check_results(connection, rows, run_id=run_id, checked_at=now)
        critical = report.critical_failures
        if critical:
            reason = "; ".join(f"{row.table_name}: {row.expectation}" for row in critical)
            connection.execute(
                f"insert into {SCHEMA}.held_loads values (?, ?, ?, ?, null, ?)",
                [run_id, result.source, result.account, now, reason],
            )
        else:
            _release(connection, result, now=now)
    return AccountDoor(result=result, checks=report.results, is_held=bool(critical))


def _release(connection: duckdb.DuckDBPyConnection, result: AccountResult, *, now: object) -> None:
    connection.execute(
        f"update {SCHEMA}.held_loads set released_at = ? "
        "where source = ? and account = ? and released_at is null",
        [now, result.source, result.account],
    )
