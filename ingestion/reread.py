"""Reads single records again from their vendor, by id: `reread_records`.

The first remedy of a discrepancy that changes nothing at the vendor. What comes back lands like
anything else (append-only, a known version adds nothing); cursors and the status of the source stay
as the usual reads left them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ingestion.clock import Clock
from ingestion.errors import MatchbackError
from ingestion.extraction import Extraction
from ingestion.registry import SOURCES
from ingestion.results import EntityResult
from ingestion.run import land, open_account
from ingestion.settings import Settings


@dataclass(frozen=True)
class Reread:
    """What came of asking for some records again.

    Attributes:
        entities: Counts per landed table.
        error: Why some could not be asked for, or None.
        answered, changed: Landed record ids that came, and those of which a new version landed.
    """

    entities: tuple[EntityResult, ...]
    error: MatchbackError | None
    answered: frozenset[str]
    changed: frozenset[str]

    def outcome(self, record_id: str) -> str:
        """`changed`, `unchanged`, `failed` (try again) or `not answered` (perhaps deleted)."""
        if record_id in _names(self.changed):
            return "changed"
        if record_id in _names(self.answered):
            return "unchanged"
        return "failed" if self.error else "not answered"


def _names(landed_ids: frozenset[str]) -> set[str]:
    """Landed ids and their parts: a mail piece lands as `order:reference`."""
    return {part for item in landed_ids for part in (item, *item.split(":"))}


def can_reread(source: str, entity: str) -> bool:
    """Whether a source gives records of a canonical entity again by id."""
    return source in SOURCES and entity in SOURCES[source].reread_as


def reread_records(
    settings: Settings,
    source: str,
    account: str,
    record_ids: Mapping[str, Sequence[str]],
    *,
    run_id: str,
    now: datetime,
    clock: Clock | None = None,
) -> Reread:
    """Ask one account for some records again and land what changed.

    Args:
        settings: All settings.
        source: Name in the registry.
        account: Label in matchback.toml.
        record_ids: Ids by canonical word (`jobs`, `mail_pieces`); each must be one of the
            source's `reread_as`.
        run_id: Stamped on all rows.
        now: The run's instant (UTC).
        clock: Stands in for the real one in tests.

    Raises:
        AlreadyRunningError, WarehouseLockedError, DiskFullError: As `land_account`.
    """
    wanted: dict[str, list[str]] = {}
    for word, ids in record_ids.items():
        for entity in SOURCES[source].reread_as[word]:
            wanted.setdefault(entity, []).extend(ids)
    in_order = [entity.name for entity in SOURCES[source].entities if entity.name in wanted]
    clock = clock or Clock(now=settings.now)
    context = open_account(settings, source, account, run_id=run_id, now=now, clock=clock)
    extraction = Extraction(
        context=context,
        entities=in_order,
        record_ids={entity: list(dict.fromkeys(wanted[entity])) for entity in in_order},
    )
    result = land(context, extraction)
    return Reread(
        result.entities,
        result.error,
        answered=frozenset(extraction.answered),
        changed=frozenset(extraction.changed),
    )
