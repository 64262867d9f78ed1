"""The append-only audit log and its hash chain.

Each row's hash covers the row and the hash before it, so that an edited, moved or removed row
breaks the chain from there on. A row removed from the end breaks nothing in the rows that stay:
that is what the head (count and last hash, in a table of its own) and the copy carried to the
warehouse are for. Nobody who can write all three at once is kept out by this.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingestion.settings import Settings
from orchestration.lib.operator_store import open_store, stamp

FIELDS = ("number", "happened_at", "actor", "action", "entity", "entity_id", "detail")


@dataclass(frozen=True)
class ChainFault:
    """One place where the log is not what it was: the row's number and what is wrong."""

    number: int
    what: str


def row_hash(row: Mapping[str, Any], previous_hash: str) -> str:
    """SHA-256 over the row's fields in fixed order and the hash before it, hexadecimal."""
    content = json.dumps([str(row[name]) for name in FIELDS] + [previous_hash])
    return hashlib.sha256(content.encode()).hexdigest()


def record(
    settings: Settings,
    *,
    actor: str,
    action: str,
    entity: str,
    entity_id: str,
    detail: str = "",
    now: datetime | None = None,
) -> int:
    """Append one action in a transaction of its own; returns its number."""
    with open_store(settings) as store:
        return append(
            store,
            actor=actor,
            action=action,
            entity=entity,
            entity_id=entity_id,
            detail=detail,
            now=now or settings.now(),
        )


def append(
    store: sqlite3.Connection,
    *,
    actor: str,
    action: str,
    entity: str,
    entity_id: str,
    detail: str,
    now: datetime,
) -> int:
    """Append one action inside the caller's transaction, so that both happen or neither."""
    head = store.execute("select number, hash from audit_head").fetchone()
    number, previous_hash = (head["number"] + 1, head["hash"]) if head else (1, "")
    row = {
        "number": number,
        "happened_at": stamp(now),
        "actor": actor,
        "action": action,
        "entity": entity,
        "entity_id": entity_id,
        "detail": detail,
    }
    digest = row_hash(row, previous_hash)
    store.execute(
        "insert into audit_log values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [*row.values(), previous_hash, digest],
    )
    store.execute("insert or replace into audit_head values (1, ?, ?)", [number, digest])
    return number


def verify(settings: Settings, *, witness: Mapping[int, str] | None = None) -> list[ChainFault]:
    """Every break of the log; empty when it is whole.

    Args:
        settings: Whose store.
        witness: Number -> hash of rows that left the house before (the warehouse's copy).
    """
    with open_store(settings) as store:
        rows = store.execute("select * from audit_log order by number").fetchall()
        head = store.execute("select number, hash from audit_head").fetchone()
    return chain_faults(rows, head=tuple(head) if head else None, witness=witness or {})


def last_actions(settings: Settings, *, limit: int) -> list[dict[str, Any]]:
    """The newest actions, newest first."""
    with open_store(settings) as store:
        rows = store.execute(
            "select * from audit_log order by number desc limit ?", [limit]
        ).fetchall()
    return [dict(row) for row in rows]


def chain_faults(
    rows: Sequence[Mapping[str, Any]] | Iterable[Any],
    *,
    head: tuple[int, str] | None,
    witness: Mapping[int, str],
) -> list[ChainFault]:
    """Check a chain: its rows in order, its head, and hashes seen elsewhere (pure)."""
    faults: list[ChainFault] = []
    previous_hash, expected, seen = "", 1, {}
    for row in rows:
        number = row["number"]
        seen[number] = row["hash"]
        if number != expected:
            faults.append(ChainFault(expected, f"missing: rows {expected} to {number - 1}"))
        elif row["previous_hash"] != previous_hash:
            faults.append(ChainFault(number, "does not follow the row before it"))
        if row["hash"] != row_hash(row, row["previous_hash"]):
            faults.append(ChainFault(number, "edited: its hash does not fit its words"))
        previous_hash, expected = row["hash"], number + 1
    if head is not None and (head[0] != expected - 1 or head[1] != previous_hash):
        faults.append(ChainFault(expected, f"the log ended at row {head[0]} and does no more"))
    if head is None and seen:
        faults.append(ChainFault(expected, "the head of the log is missing"))
    faults += [
        ChainFault(number, "differs from the copy in the warehouse, or is missing here")
        for number, digest in sorted(witness.items())
        if seen.get(number) != digest
    ]
    return faults
