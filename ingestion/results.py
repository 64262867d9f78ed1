"""What came of pulling one account: per entity and in all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ingestion.errors import MatchbackError


@dataclass(frozen=True, kw_only=True)
class EntityResult:
    """One entity of one account in one run; read = landed + rejected + unchanged.

    Attributes:
        entity: Landed table.
        read_count: Records read, tombstones aside.
        landed_count: New versions.
        rejected_count: Records that went to the rejects.
        unchanged_count: Records whose version was known.
        tombstone_count: New versions that say a record is gone.
        vendor_total_count: How many the vendor says there are, where it says so.
        newest_record_at: Newest instant of change read.
        is_complete: Whether all there was to read was read.
        started_at: When reading began.
        finished_at: When reading ended.
        error: Why it is incomplete.
        notes: Sentences for the run's report.
    """

    entity: str
    read_count: int = 0
    landed_count: int = 0
    rejected_count: int = 0
    unchanged_count: int = 0
    tombstone_count: int = 0
    vendor_total_count: int | None = None
    newest_record_at: datetime | None = None
    is_complete: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AccountResult:
    """One account of one source in one run.

    Attributes:
        source: Vendor.
        account: Label of the account.
        entities: In the order they were read.
        is_complete: Whether every entity is.
        error: The first fault, or None.
        started_at: When the account was begun.
        finished_at: When its last package was loaded.
    """

    source: str
    account: str
    entities: tuple[EntityResult, ...]
    is_complete: bool
    error: MatchbackError | None
    started_at: datetime
    finished_at: datetime

    @property
    def landed_count(self) -> int:
        """New versions and tombstones of all entities."""
        return sum(item.landed_count + item.tombstone_count for item in self.entities)
