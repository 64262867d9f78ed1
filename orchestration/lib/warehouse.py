"""The home's locks and its disk; the warehouse connection itself is `ingestion.warehouse`.

DuckDB lets one process write, and that process shuts readers out too; so every connection is
closed before dbt (another process) starts. Analysts never come here: they read the published files.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import duckdb

from dbt_project.linkage.registry import create_identity_tables
from dbt_project.measurement.split_tables import create_split_tables
from ingestion.errors import AlreadyRunningError, DiskFullError
from ingestion.landing import create_landing_tables
from ingestion.settings import Settings
from ingestion.warehouse import open_warehouse as open_file
from orchestration.lib.ledger_tables import create_ledger_tables


def open_warehouse(settings: Settings) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """This home's warehouse, opened for writing; see `ingestion.warehouse.open_warehouse`."""
    return open_file(
        settings.warehouse,
        wait_seconds=settings.limits.lock_wait_seconds,
        memory_limit=settings.limits.memory_limit,
    )


def create_own_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every table dbt reads as a source, so that staging never meets a missing one."""
    create_landing_tables(connection)
    create_ledger_tables(connection)
    create_identity_tables(connection)
    create_split_tables(connection)


def require_free_disk(settings: Settings) -> None:
    """Refuse to start a run that could not finish.

    The build writes the marts twice (warehouse and published copy), so twice the warehouse's
    size must be free, and never less than `limits.minimum_free_megabytes`.

    Raises:
        DiskFullError: It is not; the message says how much is missing.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    size = settings.warehouse.stat().st_size if settings.warehouse.exists() else 0
    needed = max(settings.limits.minimum_free_megabytes * 2**20, 2 * size)
    free = shutil.disk_usage(settings.home).free
    if free < needed:
        raise DiskFullError(
            f"{settings.home} has {free // 2**20} MB free and this run needs "
            f"{needed // 2**20} MB (twice the warehouse): free some space, then run again; "
            "the published marts are untouched."
        )


@contextmanager
def single_run(settings: Settings, *, name: str, wait: bool = False) -> Iterator[None]:
    """Hold a file lock of this home, so that two schedulers never run one thing twice.

    Raises:
        AlreadyRunningError: Another process holds it and `wait` is false.
    """
    folder = settings.state_dir / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            holder = os.pread(handle, 32, 0).decode().strip() or "unknown"
            raise AlreadyRunningError(
                f"A {name} run is under way in {settings.home} (process {holder}): nothing to do; "
                "wait for it to finish."
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)
