"""Pulls one account of one source into the warehouse: `land_account`.

In order: what an earlier run left pending is loaded, the entities are read into a package on
disk, the package is loaded with its cursors, then API calls, rejects and the source status follow.
A vendor's fault is part of the result; only faults of landing itself (lock, disk) are raised.
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from ingestion.account import AccountContext
from ingestion.clock import Clock
from ingestion.disk import disk_full, is_disk_full
from ingestion.errors import AlreadyRunningError, MatchbackError, SettingsError
from ingestion.extraction import Extraction, Progress
from ingestion.landing import create_landing_tables
from ingestion.pipelines import AccountPipeline, PoisonPackageError
from ingestion.registry import SOURCES
from ingestion.results import AccountResult, EntityResult
from ingestion.settings import Settings
from ingestion.spool import Spool, slug
from ingestion.warehouse import check_free_disk, open_warehouse

__all__ = ["AccountResult", "EntityResult", "land_account"]

logger = logging.getLogger(__name__)

_MODULES = {
    "hubspot": "ingestion.sources.hubspot",
    "servicetitan": "ingestion.sources.servicetitan",
    "quickbooks": "ingestion.sources.quickbooks",
    "pcm": "ingestion.sources.pcm",
    "import": "ingestion.imports",
}


def land_account(
    settings: Settings,
    source: str,
    account: str,
    *,
    run_id: str,
    now: datetime,
    entities: Sequence[str] | None = None,
    full_refresh: bool = False,
    progress: Progress | None = None,
    clock: Clock | None = None,
) -> AccountResult:
    """Pull what is new of one account and land it.

    Args:
        settings: All settings.
        source: Name in the registry.
        account: Label in matchback.toml (imports: the folder's name).
        run_id: Stamped on all rows.
        now: The run's instant (UTC); `_loaded_at` of what lands.
        entities: Only these; default all.
        full_refresh: Read from the beginning, cursors aside; known versions add nothing.
        progress: Called after each entity.
        clock: Stands in for the real one in tests.

    Returns:
        Counts per entity, and the first fault of the vendor, settings or credentials if any.

    Raises:
        SettingsError: There is no such source or entity.
        AlreadyRunningError: The same account is being pulled by another process.
        WarehouseLockedError: Another process kept the warehouse; what was fetched is pending.
        DiskFullError: Not enough disk; what was fetched is pending.
    """
    chosen = _chosen_entities(source, entities)
    clock = clock or Clock(now=settings.now)
    context = open_account(settings, source, account, run_id=run_id, now=now, clock=clock)
    extraction = Extraction(
        context=context, entities=chosen, full_refresh=full_refresh, progress=progress
    )
    return land(context, extraction)


def open_account(
    settings: Settings, source: str, account: str, *, run_id: str, now: datetime, clock: Clock
) -> AccountContext:
    """What a run knows of one account; nothing is connected to yet."""
    check_free_disk(settings.home, minimum_megabytes=settings.limits.minimum_free_megabytes)
    return AccountContext(
        settings=settings,
        source=source,
        account=account,
        run_id=run_id,
        now=now,
        spool=Spool(settings.state_dir / "spool", source=source, account=account, run_id=run_id),
        clock=clock,
    )


def land(context: AccountContext, extraction: Extraction) -> AccountResult:
    """Read what the extraction wants and load it, as the only one who does so for the account."""
    with _only_one(context):
        try:
            return _land(context, extraction)
        except MatchbackError:
            raise
        except Exception as error:
            if not is_disk_full(error, context.settings.home):
                raise
        # Outside the handler: what was being written may be quoted by the cause.
        raise disk_full(context.settings.home)


def _land(context: AccountContext, extraction: Extraction) -> AccountResult:
    settings, started_at = context.settings, context.clock.now()
    with _warehouse(context) as connection:
        create_landing_tables(connection)
    pipeline = AccountPipeline(
        source=context.source,
        account=context.account,
        warehouse=settings.warehouse,
        state_dir=settings.state_dir,
        wait_seconds=settings.limits.lock_wait_seconds,
        sleep=context.clock.sleep,
    )
    error: MatchbackError | None = None
    try:
        pipeline.recover()
    except PoisonPackageError as poison:
        error = poison
        pipeline.recover()
    _extract(context, pipeline, extraction)
    results = extraction.results
    try:
        pipeline.load()
    except PoisonPackageError as poison:
        error = poison
        results = [replace(item, landed_count=0, is_complete=False) for item in results]
    error = error or extraction.error
    if extraction.record_ids is None:  # a few records say nothing of the whole entity
        _write_status(context, results, error)
    with _warehouse(context) as connection:
        context.spool.drain(connection)
        connection.execute("checkpoint")
    pipeline.tidy()
    return AccountResult(
        source=context.source,
        account=context.account,
        entities=tuple(results),
        is_complete=error is None and all(item.is_complete for item in results),
        error=error,
        started_at=started_at,
        finished_at=context.clock.now(),
    )


def _extract(context: AccountContext, pipeline: AccountPipeline, extraction: Extraction) -> None:
    module = importlib.import_module(_MODULES[context.source])
    try:
        reader = module.open_reader(context)
    except MatchbackError as fault:
        extraction.give_up(fault)
        return
    try:
        with _rare_collections():
            pipeline.extract(extraction.dlt_source(reader))
    except Exception as error:
        ours = _our_error(error)
        if ours is None:
            raise
        raise ours from None
    finally:
        reader.close()


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let the collector of cycles wait while pages are read.

    A parsed page is thousands of objects without a cycle, freed when it is dropped; looked through
    after every 700 of them it takes twice as long (80,000 rows/s instead of 140,000).
    """
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _our_error(error: BaseException | None) -> MatchbackError | None:
    """Our own error inside what dlt wrapped around it."""
    while error is not None:
        if isinstance(error, MatchbackError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _write_status(
    context: AccountContext, results: Sequence[EntityResult], error: MatchbackError | None
) -> None:
    for item in results:
        context.spool.add("source_runs", **_status_row(item, context.clock.now(), error))


def _status_row(
    item: EntityResult, now: datetime, error: MatchbackError | None
) -> Mapping[str, Any]:
    text = item.error or (str(error) if error and not item.is_complete else None)
    return {
        "entity": item.entity,
        "started_at": item.started_at or now,
        "finished_at": item.finished_at or now,
        "read_count": item.read_count,
        "landed_count": item.landed_count,
        "rejected_count": item.rejected_count,
        "unchanged_count": item.unchanged_count,
        "tombstone_count": item.tombstone_count,
        "vendor_total_count": item.vendor_total_count,
        "newest_record_at": item.newest_record_at,
        "is_complete": item.is_complete,
        "error": text or (" ".join(item.notes) or None),
    }


def _chosen_entities(source: str, entities: Sequence[str] | None) -> tuple[str, ...]:
    if source not in SOURCES:
        raise SettingsError(f"There is no source '{source}': expected one of {', '.join(SOURCES)}.")
    known = tuple(entity.name for entity in SOURCES[source].entities)
    if entities is None:
        return known
    for name in entities:
        if name not in known:
            raise SettingsError(
                f"Source {source} has no entity '{name}': expected one of {', '.join(known)}."
            )
    return tuple(name for name in known if name in set(entities))


@contextmanager
def _only_one(context: AccountContext) -> Iterator[None]:
    """A file lock: the same pipeline in two processes corrupts its state."""
    folder = context.settings.state_dir / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"pull-{slug(context.source)}--{slug(context.account)}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(
                f"{context.source} account '{context.account}' is being pulled by another "
                "process: expected to be the only one; nothing to do."
            ) from None
        yield
    finally:
        os.close(descriptor)


def _warehouse(context: AccountContext) -> Any:
    limits = context.settings.limits
    return open_warehouse(
        context.settings.warehouse,
        wait_seconds=limits.lock_wait_seconds,
        memory_limit=limits.memory_limit,
        sleep=context.clock.sleep,
    )
