"""The world as of its clock: snapshots of what each vendor would show now, page by page.

A vendor entity is a query over the world (`vendors/<vendor>.sql`) that gives one row per record:
`account`, `id`, `created_at`, `modified_at`, `active`, columns to filter by, and `payload` (the
record as that vendor serves it). It is run once per clock position, sorted by change, and stored;
pages are slices of that. Where the query reads one relation, only that relation's row is stored
and the payload is put together for the rows of a page alone.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ingestion.sandbox.world import World

FOLDER = Path(__file__).parent / "vendors"
VENDORS = ("servicetitan", "hubspot", "quickbooks", "pcm")
# What is asked for by parent lies together, or each page would be gathered from the whole table.
LISTED_BY = {"pcm__recipients": "order_id", "pcm__mail_tracking": "order_id"}
_HEADING = re.compile(r"^-- entity: (\w+)$", re.MULTILINE)
_LAST_SELECT = re.compile(r"^select\b", re.MULTILINE)
_PAYLOAD = re.compile(r"^    (?=\{|serve\.no_nulls\()", re.MULTILINE)
_LONE_RELATION = re.compile(r"from ([\w.]+)(\s+where\b.*)?", re.DOTALL)


@dataclass(frozen=True)
class Query:
    """An entity's query, taken apart.

    Attributes:
        snapshot: What is stored: the columns to filter by, and `payload` or the row `shown`.
        payload: The record as an expression over the columns of `shown`; None: it is stored.
    """

    snapshot: str
    payload: str | None

    @property
    def of_row(self) -> str:
        """The record as an expression over a stored row aliased `kept`."""
        if self.payload is None:
            return "kept.payload"
        return f"(select {self.payload} from (select unnest(kept.shown)))"


def entity_queries(vendor: str) -> dict[str, Query]:
    """The queries of one vendor by entity name."""
    text = (FOLDER / f"{vendor}.sql").read_text(encoding="utf-8")
    parts = _HEADING.split(text)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return {name: take_apart(sql.strip()) for name, sql in pairs}


def take_apart(sql: str) -> Query:
    """Split a query so that payloads can be made late, where its form allows it."""
    start = [match.start() for match in _LAST_SELECT.finditer(sql)][-1]
    head, final = sql[:start], sql[start:]
    body, _, source = final.rpartition(" as payload\n")
    payload_at = _PAYLOAD.search(body)
    relation = _LONE_RELATION.fullmatch(source.strip())
    if not payload_at or not relation:
        return Query(sql, None)
    columns = body[: payload_at.start()].rstrip()
    payload = body[payload_at.start() :].strip()
    snapshot = f"{head}{columns} shown\nfrom {relation[1]} as shown{relation[2] or ''}"
    return Query(snapshot, payload)


class Store:
    """Answers questions about the world at the clock's present.

    Attributes:
        now: The clock (aware UTC).
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._connection = world.connection
        self._lock = threading.RLock()
        self._built: set[str] = set()
        self._counts: dict[tuple[object, ...], int] = {}
        self._queries = {
            f"{vendor}__{name}": query
            for vendor in VENDORS
            for name, query in entity_queries(vendor).items()
        }
        self.now = world.start
        world.set_clock(self.now)

    @property
    def entities(self) -> tuple[str, ...]:
        """All entities as `<vendor>__<name>`."""
        return tuple(self._queries)

    def advance(self, hours: float) -> datetime:
        """Move the clock; everything is worked out anew when next asked for."""
        with self._lock:
            self.now = self.now + timedelta(hours=hours)
            self._built.clear()
            self._counts.clear()
            self._world.set_clock(self.now)
            return self.now

    def table(self, entity: str) -> str:
        """Name of the entity's snapshot (e.g. `serve.servicetitan__jobs`), built if need be."""
        with self._lock:
            if entity not in self._built:
                self._connection.execute(
                    f"""create or replace table serve.{entity} as
                    select
                        row_number() over (partition by account order by modified_at, id) - 1
                            as position,
                        *
                    from ({self._queries[entity].snapshot}) as records
                    where created_at <= serve.now()
                    order by account, {LISTED_BY.get(entity, "position")}, position"""
                )
                self._built.add(entity)
        return f"serve.{entity}"

    def record(self, entity: str) -> str:
        """Expression for the JSON of a row of the snapshot aliased `kept`."""
        return f"to_json({self._queries[entity].of_row})"

    def rows(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one query on a cursor of its own."""
        with self._connection.cursor() as cursor:
            return cursor.execute(sql, parameters or []).fetchall()

    def payloads(
        self,
        entity: str,
        where: str = "true",
        parameters: list[Any] | None = None,
        *,
        order: str = "position",
        limit: int = 50,
        offset: int = 0,
    ) -> list[str]:
        """Records as JSON texts; conditions may use the snapshot's columns and `record(entity)`."""
        return [
            row[0]
            for row in self.page(entity, where, parameters, order=order, limit=limit, offset=offset)
        ]

    def page(
        self,
        entity: str,
        where: str = "true",
        parameters: list[Any] | None = None,
        *,
        columns: str = "",
        order: str = "position",
        limit: int = 50,
        offset: int = 0,
    ) -> list[tuple[Any, ...]]:
        """Records as JSON texts, each followed by further columns of its row.

        First the page's rows are found by the narrow columns, then only they are put together.
        """
        table = self.table(entity)
        chosen = self.rows(
            f"""select rowid{", " + columns if columns else ""} from {table} as kept
            where {where} order by {order} limit {int(limit)} offset {int(offset)}""",
            parameters,
        )
        if not chosen:
            return []
        numbers = sorted(row[0] for row in chosen)
        place = f"rowid between {numbers[0]} and {numbers[-1]}"
        if numbers[-1] - numbers[0] >= len(numbers):
            place += f" and rowid in ({','.join(map(str, numbers))})"
        query = self._queries[entity]
        inner = "payload" if query.payload is None else "unnest(shown)"
        texts = dict(
            self.rows(
                f"""select row_number_, to_json({query.payload or "payload"})
                from (select rowid as row_number_, {inner} from {table} where {place})"""
            )
        )
        return [(texts[row[0]], *row[1:]) for row in chosen]

    def count(self, entity: str, where: str = "true", parameters: list[Any] | None = None) -> int:
        """How many records match."""
        table = self.table(entity)
        key = (entity, where, *(parameters or []))
        if key not in self._counts:
            sql = f"select count(*) from {table} as kept where {where}"
            self._counts[key] = self.rows(sql, parameters)[0][0]
        return self._counts[key]
