"""Opens the DuckDB warehouse: waits for its lock, names who holds it, maps its faults.

DuckDB lets one process write and shuts readers out meanwhile, so every opening is short and
waits with backoff. What is stored in it is in `landing.py`.
"""

from __future__ import annotations

import random
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ingestion.disk import disk_full, is_disk_full
from ingestion.errors import DiskFullError, MatchbackError, WarehouseLockedError

_LOCK_HOLDER = re.compile(r"PID (\d+)")


@contextmanager
def open_warehouse(
    path: Path,
    *,
    wait_seconds: float = 60.0,
    memory_limit: str | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A writing connection to the warehouse, closed (and checkpointed) at the end.

    Args:
        path: The warehouse file; its folder is made if missing.
        wait_seconds: How long to wait for another process before giving up.
        memory_limit: DuckDB's own bound, e.g. "8GB".
        sleep: Stands in for `time.sleep` in tests.

    Raises:
        WarehouseLockedError: Another process kept it; the message names its PID.
        DiskFullError: The disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _connect_patiently(path, wait_seconds=wait_seconds, sleep=sleep)
    try:
        connection.execute("set TimeZone = 'UTC'")
        if memory_limit:
            connection.execute(f"set memory_limit = '{memory_limit.replace(chr(39), '')}'")
        yield connection
    except duckdb.Error as error:
        # Its text may quote records: it must not be chained.
        raise warehouse_fault(error, path) from None
    finally:
        connection.close()


def _connect_patiently(
    path: Path, *, wait_seconds: float, sleep: Callable[[float], None]
) -> duckdb.DuckDBPyConnection:
    waited, pause = 0.0, 0.1
    while True:
        try:
            return duckdb.connect(str(path))
        except duckdb.Error as error:
            fault = warehouse_fault(error, path)
            if not isinstance(fault, WarehouseLockedError) or waited >= wait_seconds:
                raise fault from None
        step = min(pause * random.uniform(0.75, 1.25), max(wait_seconds - waited, 0.05))  # noqa: S311
        sleep(step)
        waited += step
        pause = min(pause * 2, 5.0)


def warehouse_fault(error: BaseException, path: Path) -> MatchbackError:
    """Our error for a fault of DuckDB or of the disk below it, chosen by what to do next."""
    text = str(error)
    if "Could not set lock" in text or "Conflicting lock" in text:
        holder = _LOCK_HOLDER.search(text)
        who = f"process {holder.group(1)} (PID {holder.group(1)})" if holder else "another process"
        return WarehouseLockedError(
            f"The warehouse {path} is held by {who}: expected to write to it; wait for that "
            "process or stop it, nothing is lost: the next run goes on where this one stood."
        )
    if "different configuration" in text or "Unique file handle conflict" in text:
        return WarehouseLockedError(
            f"The warehouse {path} is open in this process already (PID of this process): "
            "expected it closed; close that connection, then run again."
        )
    if is_disk_full(error, path.parent):
        return disk_full(path.parent)
    if isinstance(error, MatchbackError):
        return error
    # Only these speak of files and tables; the others may quote a record's values.
    speaks = isinstance(error, (duckdb.IOException, duckdb.CatalogException))
    detail = f": {text.splitlines()[0][:200]}" if speaks and text else ""
    return MatchbackError(
        f"The warehouse {path} failed ({type(error).__name__}{detail}): expected it to load; "
        "look at `matchback doctor`."
    )


def check_free_disk(folder: Path, *, minimum_megabytes: int) -> None:
    """Refuse to start a load that the disk cannot hold.

    Raises:
        DiskFullError: Less than `minimum_megabytes` are free.
    """
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < minimum_megabytes:
        raise DiskFullError(
            f"{folder} has {free} MB free: expected at least {minimum_megabytes} MB "
            "(limits.minimum_free_megabytes); free some and run again."
        )
