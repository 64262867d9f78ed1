"""Links between HubSpot records.

A new link does not change the date of either record, so links are read for records that changed,
and about once a day for all that changed within 90 days. A link missing from the answer is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson

from ingestion.landing import landed_page
from ingestion.reader import EntityRun, Landing, Tombstones
from ingestion.records import bad_elements
from ingestion.rejects import Reject
from ingestion.sources.hubspot.endpoints import ASSOCIATIONS
from ingestion.sources.hubspot.portal import Portal

SEPARATOR = "|"
# Comparing with what is known reads all known links: for one call's hundred records at a time,
# the cost would grow with the square of the portal.
COMPARED_AT_ONCE = 50_000


def read_associations(
    portal: Portal, run: EntityRun, changed: dict[str, set[str]]
) -> Iterator[Landing]:
    """Yield the links of changed records.

    Args:
        portal: The portal.
        run: The entity `associations`.
        changed: Ids read in this run by object type.
    """
    refresh = timedelta(hours=portal.context.option("association_refresh_hours"))
    # Taken out until this run is through: links of a run that broke are owed to the next one.
    last = run.state.pop("refreshed_at", None)
    is_due = last is None or datetime.fromisoformat(last) + refresh <= run.now
    wanted: dict[str, set[str]] = {}
    for from_type, to_type in ASSOCIATIONS:
        if from_type not in wanted:
            wanted[from_type] = set(changed.get(from_type, ()))
            if is_due:
                wanted[from_type] |= _recent_ids(portal, run, from_type)
        ids = sorted(wanted[from_type])
        for begin in range(0, len(ids), COMPARED_AT_ONCE):
            some = ids[begin : begin + COMPARED_AT_ONCE]
            yield from _read_some(portal, run, from_type, to_type, some)
    run.state["refreshed_at"] = run.now.isoformat() if is_due else last
    run.state["has_all"] = True


def _recent_ids(portal: Portal, run: EntityRun, from_type: str) -> set[str]:
    days = timedelta(days=portal.context.option("association_days"))
    since = run.now - days if run.state.get("has_all") else None
    with portal.context.versions(from_type) as versions:
        return set(versions.live_ids(since=since))


def _read_some(
    portal: Portal, run: EntityRun, from_type: str, to_type: str, ids: list[str]
) -> Iterator[Landing]:
    """The links of some records as they are, then tombstones for those that are known but gone."""
    present: set[str] = set()
    size = portal.context.option("batch_size")
    for begin in range(0, len(ids), size):
        yield from _read_batch(
            portal, run, (from_type, to_type), ids[begin : begin + size], present
        )
    parents = [f"{from_type}:{item}" for item in ids]
    known = run.versions.live_ids(parents=parents, separator=SEPARATOR)
    gone = [
        item
        for item in known
        if item not in present and item.partition(SEPARATOR)[2].startswith(f"{to_type}:")
    ]
    if gone:
        yield Tombstones(record_ids=gone)


def _read_batch(
    portal: Portal,
    run: EntityRun,
    types: tuple[str, str],
    ids: list[str],
    present: set[str],
) -> Iterator[Landing]:
    """Ask for as many records as one call takes, page by page; adds the links to `present`."""
    from_type, to_type = types
    inputs = [{"id": item} for item in ids]
    found: list[str] = []
    payloads: list[bytes] = []
    seen_inputs: set[tuple[str, str]] = set()
    while inputs:
        page = portal.read_associations(from_type, to_type, inputs)
        inputs = []
        yield from bad_elements(page, entity=run.entity, location=f"{from_type} to {to_type}")
        for result in page.records:
            from_id = _id(result.get("from"), "id")
            for link in result.get("to") or ():
                to_id = _id(link, "toObjectId")
                if from_id is None or to_id is None:
                    yield _reject(run, from_type, to_type, result)
                    continue
                found.append(f"{from_type}:{from_id}{SEPARATOR}{to_type}:{to_id}")
                payloads.append(_payload(from_type, from_id, to_type, to_id, link))
            after = _after(result)
            # Not asked twice: a cursor that comes back would never end.
            if from_id and after and (from_id, after) not in seen_inputs:
                seen_inputs.add((from_id, after))
                inputs.append({"id": from_id, "after": after})
    present.update(found)
    if found:
        yield landed_page(record_ids=found, payloads=payloads)


def _payload(from_type: str, from_id: str, to_type: str, to_id: str, link: Any) -> bytes:
    types = link.get("associationTypes")
    return orjson.dumps(
        {
            "from_type": from_type,
            "from_id": from_id,
            "to_type": to_type,
            "to_id": to_id,
            "types": types if isinstance(types, list) else [],
        }
    )


def _reject(run: EntityRun, from_type: str, to_type: str, result: Any) -> Reject:
    return Reject(
        table_name=run.entity,
        location=f"{from_type} to {to_type}",
        column_name="toObjectId",
        reason="A link names no record at one of its ends: expected from.id and toObjectId.",
        record_text=orjson.dumps(result).decode(),
    )


def _id(holder: Any, key: str) -> str | None:
    value = holder.get(key) if isinstance(holder, dict) else None
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    return str(value).strip() or None


def _after(result: Any) -> str | None:
    paging = result.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    return _id(following, "after")
