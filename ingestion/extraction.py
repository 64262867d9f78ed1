"""Runs an account's reader entity by entity inside a dlt source, and keeps score.

A fault of the vendor ends its entity, not the account: what the others gave still lands, and the
failed one's cursor stands no further than the rows it landed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ingestion.account import AccountContext
from ingestion.disk import disk_full, is_disk_full
from ingestion.errors import (
    CredentialsError,
    DiskFullError,
    MatchbackError,
    VendorError,
    WarehouseLockedError,
)
from ingestion.lander import EntityLander
from ingestion.reader import EntityRun, Landing, Reader, Tombstones
from ingestion.rejects import Reject
from ingestion.results import EntityResult

if TYPE_CHECKING:
    import pyarrow as pa

logger = logging.getLogger(__name__)

Progress = Callable[[EntityResult], None]


@dataclass(kw_only=True)
class Extraction:
    """One pass over an account's entities.

    Attributes:
        context: The account.
        entities: In the order they are read.
        full_refresh: Whether cursors are forgotten first.
        record_ids: Only these records are read, by id, and cursors stay as they are; None: what
            is new.
        progress: Called after each entity.
        results: Filled while dlt walks the resources.
        error: The first fault.
        answered, changed: Of records read by id: the ids that came, and those of new versions.
    """

    context: AccountContext
    entities: Sequence[str]
    full_refresh: bool = False
    record_ids: Mapping[str, Sequence[str]] | None = None
    progress: Progress | None = None
    results: list[EntityResult] = field(default_factory=list)
    error: MatchbackError | None = None
    answered: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)

    def give_up(self, fault: MatchbackError) -> None:
        """Note that the account could not even be opened."""
        for entity in self.entities:
            self._finish(EntityResult(entity=entity, error=str(fault)), fault)

    def dlt_source(self, reader: Reader) -> Any:
        """A dlt source with one append-only resource per entity."""
        import dlt

        resources = [
            dlt.resource(
                self._rows(reader, entity),
                name=entity,
                write_disposition="append",
                schema_contract={"data_type": "freeze"},
            )
            for entity in self.entities
        ]

        def account_source() -> list[Any]:
            return resources

        return dlt.source(account_source, name=self.context.source, max_table_nesting=0)()

    def _rows(self, reader: Reader, entity: str) -> Callable[[], Iterator[pa.Table]]:
        def rows() -> Iterator[pa.Table]:
            import dlt

            yield from self.read_entity(reader, entity, dlt.current.resource_state(entity))

        return rows

    def read_entity(self, reader: Reader, entity: str, state: dict[str, Any]) -> Iterator[pa.Table]:
        """Yield one entity's new versions in landed form, and note how it went.

        Args:
            reader: Reads the account.
            entity: Landed table.
            state: The entity's cursor; changed in place.
        """
        context = self.context
        started_at = context.clock.now()
        if isinstance(self.error, CredentialsError):
            self._finish(EntityResult(entity=entity, error=str(self.error)))
            return
        if self.full_refresh:
            state.clear()
        by_id = None if self.record_ids is None else self.record_ids[entity]
        is_import = context.source == "import"
        with context.versions(entity, all_accounts=is_import) as versions:
            run = EntityRun(
                entity=entity,
                account=context.account,
                now=context.now,
                run_id=context.run_id,
                versions=versions,
                state=state if by_id is None else {},
            )
            items = reader.read(run) if by_id is None else self._noted(reader.reread(run, by_id))
            lander = EntityLander(run, context.spool)
            fault: MatchbackError | None = None
            # Faults come out of the reader between two batches; what it gave is flushed before.
            batches = lander.batches(items)
            while True:
                try:
                    batch = next(batches, None)
                except (WarehouseLockedError, DiskFullError):
                    raise
                except MatchbackError as error:
                    fault = error
                    break
                except Exception as error:  # noqa: BLE001  a shape nobody foresaw
                    if is_disk_full(error, context.settings.home):
                        raise disk_full(context.settings.home) from None
                    fault = _unforeseen(error, entity)
                    break
                if batch is None:
                    break
                if by_id is not None:
                    self.changed.update(batch.column("record_id").to_pylist())
                yield batch
        self._finish(_result(run, lander, fault, started_at, context.clock.now()), fault)

    def _noted(self, items: Iterator[Landing]) -> Iterator[Landing]:
        for item in items:
            if not isinstance(item, (Reject, Tombstones)):
                self.answered.update(item.column("record_id").to_pylist())
            yield item

    def _finish(self, result: EntityResult, fault: MatchbackError | None = None) -> None:
        if fault is not None:
            # An account that is refused fails each of its entities alike: said once.
            level = logging.DEBUG if str(fault) == str(self.error) else logging.WARNING
            self.error = self.error or fault
            logger.log(
                level,
                "%s/%s %s: %s",
                self.context.source,
                self.context.account,
                result.entity,
                fault,
            )
        self.results.append(result)
        if self.progress:
            self.progress(result)


def _unforeseen(error: Exception, entity: str) -> MatchbackError:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown place"
    # The text of a foreign exception may quote a record: only its type and place are told.
    return VendorError(
        f"Reading {entity} failed on an answer nobody foresaw ({type(error).__name__} at {where}): "
        "expected the documented shape; what was read before it has landed."
    )


def _result(
    run: EntityRun,
    lander: EntityLander,
    fault: MatchbackError | None,
    started_at: datetime,
    finished_at: datetime,
) -> EntityResult:
    return EntityResult(
        entity=run.entity,
        read_count=lander.read_count,
        landed_count=lander.landed_count,
        rejected_count=lander.rejected_count,
        unchanged_count=lander.unchanged_count,
        tombstone_count=lander.tombstone_count,
        vendor_total_count=run.vendor_total_count,
        newest_record_at=lander.newest_record_at,
        is_complete=fault is None and run.is_complete,
        started_at=started_at,
        finished_at=finished_at,
        error=str(fault) if fault else None,
        notes=tuple(run.notes),
    )
