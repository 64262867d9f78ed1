"""CRM objects of HubSpot: changed ones by search, then archived, merged and restored ones.

A search gives at most 10,000 results and pages them by offset, so a record that changes meanwhile
would push another one over the border unseen. Each page here is therefore a search of its own
that begins at the last one's newest change; only records that share one millisecond are paged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from ingestion.bodies import Body
from ingestion.errors import VendorError
from ingestion.moments import read_instant
from ingestion.reader import EntityRun, Landing, Tombstones
from ingestion.records import landings, text_at
from ingestion.sources.hubspot.endpoints import modified_property
from ingestion.sources.hubspot.portal import Portal, next_after
from ingestion.sweeps import is_sweep_due, note_sweep

RECYCLE_BIN = timedelta(days=90)
TIE_BREAK = "hs_object_id"


def read_objects(portal: Portal, run: EntityRun, changed: set[str]) -> Iterator[Landing]:
    """Yield what is new of one object type.

    Args:
        portal: The portal.
        run: The entity; its name is the object type.
        changed: Filled with the ids that were read, whose links are read afterwards.
    """
    since = read_instant(run.state.get("modified_at"))
    run.vendor_total_count = _total(portal, run.entity)
    is_sweep = since is None or is_sweep_due(run, portal.context)
    present: set[str] = set()
    if since is not None:
        look_back = timedelta(minutes=portal.context.option("look_back_minutes"))
        start = int((since - look_back).timestamp() * 1000)
        yield from _read_changed(portal, run, start, changed)
    if is_sweep:
        yield from _read_changed(portal, run, 0, present)
        changed |= present
    yield from _read_archived(portal, run)
    if is_sweep:
        yield from _read_missing(portal, run, present)
        note_sweep(run)


def reread_objects(portal: Portal, run: EntityRun, ids: Sequence[str]) -> Iterator[Landing]:
    """Yield some records by id; archived and merged ones are left out."""
    for some in _slices(list(ids), portal.context.option("batch_size")):
        yield from _landings(portal, run, _read_by_id(portal, run, some))


def _read_changed(
    portal: Portal, run: EntityRun, start: int, present: set[str]
) -> Iterator[Landing]:
    newest = read_instant(run.state.get("modified_at"))
    merged: dict[str, datetime | None] = {}
    for page in _pages_by_change(portal, run.entity, start):
        yield from _landings(portal, run, page)
        for record in page.records:
            present.add(str(record.get("id")))
            moment = _modified_at(record, run.entity)
            newest = max(filter(None, (newest, moment)), default=None)
            for loser in _merged_ids(record):
                merged[loser] = moment
    if newest:
        run.state["modified_at"] = run.clamp(newest).isoformat()
    if merged:
        live = set(run.versions.live_ids(parents=list(merged)))
        losers = [item for item in merged if item in live]
        yield Tombstones(record_ids=losers, deleted_at=[merged[item] for item in losers])


def _pages_by_change(portal: Portal, object_type: str, start: int) -> Iterator[Body]:
    field = modified_property(object_type)
    cursor, after, read_here = start, None, 0
    limit = portal.context.option("search_limit")
    while True:
        # Without a start the first search asks for all: some records may lack the property.
        filters = [_filter(field, "GTE", str(cursor))] if cursor else []
        page = portal.search(object_type, filters=filters, sort=field, after=after)
        yield page
        following = next_after(page)
        if following is None:
            return
        if not page.records:
            raise VendorError(
                f"POST search of {object_type} says there is more but gives none: expected pages "
                "that come to an end; the next run starts at the same cursor."
            )
        last = _modified_at(page.records[-1], object_type)
        last_ms = int(last.timestamp() * 1000) if last else cursor
        read_here += len(page.records)
        if last_ms > cursor:
            cursor, after, read_here = last_ms, None, 0
        elif read_here + len(page.records) >= limit:
            yield from _pages_of_one_moment(portal, object_type, cursor)
            cursor, after, read_here = cursor + 1, None, 0
        else:
            after = following


def _pages_of_one_moment(portal: Portal, object_type: str, moment: int) -> Iterator[Body]:
    """More records than a search gives changed in one millisecond (an import): walk them by id."""
    field = modified_property(object_type)
    last_id = "0"
    while True:
        filters = [_filter(field, "EQ", str(moment)), _filter(TIE_BREAK, "GT", last_id)]
        page = portal.search(object_type, filters=filters, sort=TIE_BREAK)
        yield page
        if next_after(page) is None or not page.records:
            return
        following = str(page.records[-1].get("id"))
        if following == last_id:
            raise VendorError(
                f"POST search of {object_type} gives the same page again: expected ids above "
                f"{last_id}; the next run starts at the same cursor."
            )
        last_id = following


def _read_archived(portal: Portal, run: EntityRun) -> Iterator[Landing]:
    """Archiving does not touch the modified date: only the list of archived records tells."""
    archived: dict[str, datetime | None] = {}
    after: str | None = None
    seen: set[str] = set()
    while True:
        page = portal.list_archived(run.entity, after)
        for record in page.records:
            archived[str(record.get("id"))] = read_instant(record.get("archivedAt"))
        after = next_after(page)
        if after is None:
            break
        if after in seen:
            raise VendorError(
                f"GET archived {run.entity} gives the same cursor again: expected pages that come "
                "to an end; deletions are read by the next run."
            )
        seen.add(after)
    live = run.versions.live_ids(parents=list(archived))
    yield Tombstones(record_ids=live, deleted_at=[archived[item] for item in live])
    buried = run.versions.deleted_ids(since=run.now - RECYCLE_BIN)
    yield from _read_restored(portal, run, [item for item in buried if item not in archived])


def _read_restored(portal: Portal, run: EntityRun, ids: list[str]) -> Iterator[Landing]:
    """What left the bin before its time is alive again, was purged, or is the loser of a merge."""
    for some in _slices(ids, portal.context.option("batch_size")):
        # Its own date may be older than its tombstone: it is ordered by loading instead.
        yield from _landings(portal, run, _read_by_id(portal, run, some), is_dated=False)


def _read_missing(portal: Portal, run: EntityRun, present: set[str]) -> Iterator[Landing]:
    """What a sweep did not find is asked for by id: a search may lag behind."""
    missing = [item for item in run.versions.live_ids() if item not in present]
    for some in _slices(missing, portal.context.option("batch_size")):
        page = _read_by_id(portal, run, some)
        yield from _landings(portal, run, page)
        alive = {str(record.get("id")) for record in page.records}
        yield Tombstones(record_ids=[item for item in some if item not in alive])


def _read_by_id(portal: Portal, run: EntityRun, ids: list[str]) -> Body:
    page = portal.read_batch(run.entity, ids)
    asked = set(ids)
    kept = [
        index
        for index, record in enumerate(page.records)
        # A merged id answers with the winner's record: that is not the one asked for.
        if str(record.get("id")) in asked and record.get("archived") is not True
    ]
    page.records = [page.records[index] for index in kept]
    page.texts = [page.texts[index] for index in kept]
    return page


def _landings(
    portal: Portal, run: EntityRun, page: Body, *, is_dated: bool = True
) -> Iterator[Landing]:
    yield from landings(
        page,
        entity=run.entity,
        location=f"{run.entity} search",
        modified_path=("properties", modified_property(run.entity)) if is_dated else None,
        max_bytes=portal.context.max_record_bytes,
    )


def _total(portal: Portal, object_type: str) -> int | None:
    page = portal.search(object_type, filters=[], sort=TIE_BREAK, limit=1, properties=())
    total = page.envelope.get("total")
    return total if isinstance(total, int) else None


def _filter(name: str, operator: str, value: str) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": value}


def _merged_ids(record: dict[str, Any]) -> Iterable[str]:
    text = text_at(record, ("properties", "hs_merged_object_ids")) or ""
    return [part.strip() for part in text.split(";") if part.strip()]


def _modified_at(record: dict[str, Any], object_type: str) -> datetime | None:
    return read_instant(text_at(record, ("properties", modified_property(object_type))))


def _slices(items: list[str], size: int) -> Iterator[list[str]]:
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]
