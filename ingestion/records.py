"""A parsed page -> `LandedPage` and rejects: id, instant of change, deleted or not, size bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ingestion.bodies import Body, id_text
from ingestion.landing import landed_page
from ingestion.reader import Landing
from ingestion.rejects import Reject

Record = dict[str, Any]


def value_at(record: Record, path: tuple[str, ...]) -> Any:
    """What stands at a path of keys, or None."""
    value: Any = record
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text_at(record: Record, path: tuple[str, ...]) -> str | None:
    """The text at a path, or None where there is none or something else."""
    value = value_at(record, path)
    return value if isinstance(value, str) else None


def bad_elements(body: Body, *, entity: str, location: str) -> Iterator[Reject]:
    """A `Reject` for each element of the page that is no usable object."""
    for bad in body.bad:
        yield Reject(
            table_name=entity,
            location=f"{location}, element {bad.position + 1}",
            reason=f"The element {bad.reason}: expected a JSON object.",
            record_text=bad.text,
        )


def landings(
    body: Body,
    *,
    entity: str,
    location: str,
    id_path: tuple[str, ...] = ("id",),
    modified_path: tuple[str, ...] | None = None,
    is_deleted: Callable[[Record], bool] | None = None,
    max_bytes: int = 1_000_000,
) -> Iterator[Landing]:
    """Yield the page's usable records as one `LandedPage`, and a `Reject` for each other one.

    Args:
        body: The parsed page.
        entity: Landed table.
        location: Endpoint and page, for rejects.
        id_path: Where the id stands.
        modified_path: Where the instant of change stands, or None.
        is_deleted: Whether a record says it is gone.
        max_bytes: Size bound of a record.
    """
    yield from bad_elements(body, entity=entity, location=location)
    id_of = _getter(id_path)
    modified_of = _getter(modified_path) if modified_path else None
    ids: list[str] = []
    texts: list[bytes] = []
    modified: list[str | None] = []
    deleted: list[bool] = []
    for position, (record, text) in enumerate(zip(body.records, body.texts, strict=True)):
        record_id = id_text(id_of(record), text, id_path)
        if record_id is None or len(text) > max_bytes:
            reason = (
                f"The record has no usable {'.'.join(id_path)}: expected a number or a text."
                if record_id is None
                else f"The record has {len(text)} bytes: expected at most {max_bytes} "
                "(limits.record_kilobytes)."
            )
            yield Reject(
                table_name=entity,
                location=f"{location}, record {position + 1}",
                column_name=".".join(id_path) if record_id is None else None,
                reason=reason,
                record_text=text[:100_000].decode("utf-8", errors="replace"),
            )
            continue
        ids.append(record_id)
        texts.append(text)
        moment = modified_of(record) if modified_of else None
        modified.append(moment if isinstance(moment, str) else None)
        deleted.append(is_deleted(record) if is_deleted else False)
    if ids:
        yield landed_page(
            record_ids=ids,
            payloads=texts,
            modified_at=modified if modified_path else None,
            is_deleted=deleted,
        )


def _getter(path: tuple[str, ...]) -> Callable[[Record], Any]:
    """`value_at` for many records; most paths are one key."""
    if len(path) == 1:
        (key,) = path
        return lambda record: record.get(key)
    return lambda record: value_at(record, path)
