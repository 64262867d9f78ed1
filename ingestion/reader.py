"""The seam between what reads a source and what lands it.

A source module gives a `Reader`; `lander.py` consumes what it yields. `EntityRun` is what the
two share for one entity in one run: clock, cursor state, known versions, counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias

import pyarrow as pa

from ingestion.landing import LandedPage
from ingestion.rejects import Reject
from ingestion.versions import EntityVersions

FUTURE_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Tombstones:
    """Ids that are gone. Their last known payload is landed again, marked deleted.

    Attributes:
        record_ids: Ids as landed.
        deleted_at: The vendor's instant of deletion for each, or None: then the time we loaded.
    """

    record_ids: Sequence[str]
    deleted_at: Sequence[datetime | None] | None = None


Landing: TypeAlias = LandedPage | Reject | Tombstones


@dataclass(kw_only=True)
class EntityRun:
    """One entity in one run.

    Attributes:
        entity: Landed table.
        account: Label of the account.
        now: The run's instant (UTC).
        run_id: Id of the run.
        versions: What the warehouse knows already.
        state: The entity's cursor; it is saved with the rows it belongs to, or not at all.
        vendor_total_count: How many records the vendor says there are, where it says so.
        is_full_read: Set by the reader after a whole listing: what was not in it has vanished.
        is_complete: Cleared by the reader where it knows that something is missing.
        notes: Sentences for the run's report, e.g. unknown columns; no personal data.
    """

    entity: str
    account: str
    now: datetime
    run_id: str
    versions: EntityVersions
    state: dict[str, Any] = field(default_factory=dict)
    vendor_total_count: int | None = None
    is_full_read: bool = False
    is_complete: bool = True
    notes: list[str] = field(default_factory=list)

    def clamp(self, instant: datetime) -> datetime:
        """A cursor never jumps ahead more than five minutes, whatever a clock there says."""
        return min(instant, self.now + FUTURE_TOLERANCE)


class Reader(Protocol):
    """Reads one account of one source."""

    def read(self, run: EntityRun) -> Iterator[Landing]:
        """Yield what is new of one entity.

        Raises:
            VendorError: The vendor failed; what was yielded stays, the cursor does not move.
            CredentialsError: The account is refused.
        """
        ...

    def reread(self, run: EntityRun, record_ids: Sequence[str]) -> Iterator[Landing]:
        """Yield the present state of some records by id; cursors stay as they are.

        Only asked for entities that the source's `reread_as` names. A record the vendor does not
        answer with is left out: whether it is gone is for the next usual read to say.

        Raises:
            VendorError, CredentialsError: As `read`.
        """
        ...

    def close(self) -> None:
        """Release connections."""
        ...


def newest(page: pa.Table) -> datetime | None:
    """The newest instant of change on a page, or None."""
    import pyarrow.compute as pc

    value = pc.max(page.column("modified_at")).as_py()
    return value if isinstance(value, datetime) else None
