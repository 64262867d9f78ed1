"""The world as of its clock: snapshots of what each vendor would show now, page by page.

A vendor entity is a query over the world (`vendors/<vendor>.sql`) that gives one row per record:
`account`, `id`, `created_at`, `modified_at`, `active`, columns to filter by, and `payload` (the
record as that vendor serves it). It is run once per clock position, sorted by change, and stored;
pages are slices of that.
"""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from ingestion.sandbox.world import World

FOLDER = Path(__file__).parent / "vendors"
_HEADING = re.compile(r"^-- entity: (\w+)$", re.MULTILINE)


def entity_queries(vendor: str) -> dict[str, str]:
    """The queries of one vendor by entity name."""
    text = (FOLDER / f"{vendor}.sql").read_text(encoding="utf-8")
    parts = _HEADING.split(text)
    return {name: sql.strip() for name, sql in zip(parts[1::2], parts[2::2], strict=True)}


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
            f"{vendor}__{name}": sql
            for vendor in ("servicetitan", "hubspot", "quickbooks", "pcm")
            for name, sql in entity_queries(vendor).items()
        }
        self.now = world.start
        world.set_clock(self.now)

    def advance(self, hours: float) -> datetime:
        """Move the clock; everything is worked out anew when next asked for."""
        with self._lock:
            self.now = self.now + timedelta(hours=hours)
            self._built.clear()
            self._counts.clear()
            self._world.set_clock(self.now)
            return self.now

    def table(self, entity: str) -> str:
        """Name of the entity's snapshot (e.g. `servicetitan__jobs`), built if need be."""
        with self._lock:
            if entity not in self._built:
                self._connection.execute(
                    f"""create or replace table serve.{entity} as
                    select row_number() over (partition by account order by modified_at, id) - 1 as position, *
                    from ({self._queries[entity]}) as records
                    where created_at <= serve.now()
                    order by account, position"""
                )
                self._built.add(entity)
        return f"serve.{entity}"

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own for one request."""
        return self._connection.cursor()

    def rows(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run one query on a cursor of its own."""
        with self.cursor() as cursor:
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
        """Records as JSON texts."""
        sql = (
            f"select to_json(payload) from {self.table(entity)} where {where} "
            f"order by {order} limit {int(limit)} offset {int(offset)}"
        )
        return [row[0] for row in self.rows(sql, parameters)]

    def count(self, entity: str, where: str = "true", parameters: list[Any] | None = None) -> int:
        """How many records match."""
        key = (entity, where, *(parameters or []))
        if key not in self._counts:
            sql = f"select count(*) from {self.table(entity)} where {where}"
            self._counts[key] = self.rows(sql, parameters)[0][0]
        return self._counts[key]
