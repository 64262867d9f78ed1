"""What a night goes on from: the last run's normalised records, groups, pairs, and what made them.

All of it is a cache of what a full run would find again. It is used only when nothing but records
has changed since: the same code, model, thresholds, operator, nicknames and size class. Everything
is written in the transaction that writes the registry, so it is never ahead of it or behind.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import duckdb

from dbt_project.linkage.frequencies import RECORDS_FOR_WIDE_KEYS, count_rows
from dbt_project.linkage.registry import TABLES


@dataclass(frozen=True)
class LastNight:
    """The run that left the caches.

    Attributes:
        as_of: Its instant.
        model_id: Model its pairs were judged by.
        scale: Record count its probabilities were made for.
        resolution: Newest resolution of the addresses it saw.
    """

    as_of: datetime
    model_id: str
    scale: int
    resolution: int


@cache
def code_fingerprint() -> str:
    """Return a fingerprint of this package and of DuckDB: other code may find other values."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    content = b"".join(file.read_bytes() for file in files) + duckdb.__version__.encode()
    return hashlib.md5(content).hexdigest()  # noqa: S324 (a name, not a secret)


def run_fingerprint(*, record_count: int, parts: tuple[object, ...]) -> str:
    """Return a fingerprint of everything but the records that clusters follow from."""
    is_small = record_count <= RECORDS_FOR_WIDE_KEYS
    text = "|".join((code_fingerprint(), str(is_small), *map(repr, parts)))
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 (a name, not a secret)


def read_last_night(
    connection: duckdb.DuckDBPyConnection, *, durable: str, fingerprint: str
) -> LastNight | None:
    """Return the run to go on from; None if its caches are of other making, or not whole."""
    rows = connection.execute(
        f"""
        select as_of, model_id, scale, resolution, registry_count, record_count
        from {durable}.identity_night where fingerprint = ?
        """,
        [fingerprint],
    ).fetchall()
    if not rows:
        return None
    as_of, model_id, scale, resolution, registry_count, record_count = rows[0]
    is_whole = (
        count_rows(connection, f"{durable}.identity_registry") == registry_count
        and count_rows(connection, f"{durable}.identity_records") == record_count
        and count_rows(connection, f"{durable}.identity_results") == record_count
    )
    return LastNight(as_of, model_id, scale, resolution) if is_whole else None


def store_state(
    connection: duckdb.DuckDBPyConnection,
    *,
    durable: str,
    fingerprint: str,
    night: LastNight,
    is_full: bool,
) -> None:
    """Bring the caches up to date; the caller's transaction holds it together.

    Args:
        connection: Holds `known` (rows to write, of `key_records`), `linked` and `compared` of
            this run, `groups` (record_key, group_id), `common_values`, `common_keys`, and on a
            night `left_records` (record keys whose rows are replaced or gone).
        durable: Where the caches are.
        fingerprint: Of this run.
        night: This run's instant, model and scale.
        is_full: True if `known` and `linked` hold all records.
    """
    columns = [column.split()[0] for column in TABLES["identity_records"].split(",")]
    leaving = "true" if is_full else "record_key in (select record_key from left_records)"
    linked = "true" if is_full else "record_key in (select record_key from linked)"
    for statement in (
        f"delete from {durable}.identity_records where {leaving}",
        f"insert into {durable}.identity_records select {', '.join(columns)} from known",
        f"delete from {durable}.identity_results where {leaving} or {linked}",
        f"""insert into {durable}.identity_results
        select linked.record_key, linked.customer_key, linked.household_key, linked.match_method,
            linked.match_probability, compared.content_hash, groups.group_id
        from linked inner join compared using (record_key) inner join groups using (record_key)""",
        f"delete from {durable}.identity_common_values",
        f"insert into {durable}.identity_common_values select kind, value from common_values",
        f"delete from {durable}.identity_common_keys",
        f"insert into {durable}.identity_common_keys select kind, key from common_keys",
        f"delete from {durable}.identity_night",
    ):
        connection.execute(statement)
    connection.execute(
        f"""
        insert into {durable}.identity_night
        select ?, ?, ?, ?, (select count(*) from {durable}.identity_registry),
            (select count(*) from {durable}.identity_records), ?
        """,
        [fingerprint, night.model_id, night.scale, night.as_of, night.resolution],
    )
