"""Vendor records -> landed rows: the tables of the raw layer and the shape rows arrive in.

What is here: the DDL of every landed table, `LandedPage` (an Arrow table) and how to build one
from record texts. Not here: which versions are new (`versions.py`), splitting a response body into
record texts (`bodies.py`), loading (`pipelines.py`, `lander.py`), what a source reads
(`sources/`, `imports/`).

To land a source, its module has `open_reader(context: AccountContext) -> Reader` (`account.py`,
`reader.py`), which `run.land_account` calls. For each entity the reader's `read(run)` yields
`LandedPage` (new records, any size; they are coalesced to 50,000 rows), `Reject` (a record
that cannot land) and `Tombstones` (ids that are gone). A page has the columns of `PAGE_SCHEMA`:

    record_id    string                  never null
    modified_at  timestamp[us, UTC]      the vendor's instant of change, or null
    is_deleted   bool                    true: this version says the record is gone
    payload      string                  the record's JSON text, untouched
    account      string, optional        only where one reader serves several accounts (imports);
                                         without it, rows belong to the reader's account

Everything else (`payload_hash`, `_loaded_at`, `_position`, `_run_id`, dropping versions that are
known already) is done by the lander.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

PAGE_SCHEMA = pa.schema(
    [
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("modified_at", pa.timestamp("us", tz="UTC")),
        pa.field("is_deleted", pa.bool_(), nullable=False),
        pa.field("payload", pa.string(), nullable=False),
    ]
)
LandedPage: TypeAlias = pa.Table

LANDED_SCHEMA = pa.schema(
    [
        pa.field("account", pa.string()),
        pa.field("record_id", pa.string()),
        pa.field("modified_at", pa.timestamp("us", tz="UTC")),
        pa.field("is_deleted", pa.bool_()),
        pa.field("payload", pa.string()),
        pa.field("payload_hash", pa.string()),
        pa.field("_loaded_at", pa.timestamp("us", tz="UTC")),
        pa.field("_position", pa.int64()),
        pa.field("_run_id", pa.string()),
    ]
)

_LANDED_COLUMNS = """
    account varchar,
    record_id varchar,
    modified_at timestamptz,
    is_deleted boolean,
    payload varchar,
    payload_hash varchar,
    _loaded_at timestamptz,
    _position bigint,
    _run_id varchar,
    _dlt_load_id varchar
"""

OWN_TABLES: dict[str, str] = {
    "rejects": """
        run_id varchar,
        source varchar,
        account varchar,
        table_name varchar,
        location varchar,
        column_name varchar,
        reason varchar,
        record_text varchar,
        rejected_at timestamptz
    """,
    "api_calls": """
        call_id varchar,
        run_id varchar,
        source varchar,
        account varchar,
        client_id varchar,
        endpoint varchar,
        method varchar,
        called_at timestamptz,
        logical_call_id varchar,
        attempt integer,
        status_code integer,
        latency_ms double,
        error varchar,
        response_body varchar,
        trace_id varchar
    """,
    "source_runs": """
        run_id varchar,
        source varchar,
        account varchar,
        entity varchar,
        started_at timestamptz,
        finished_at timestamptz,
        read_count bigint,
        landed_count bigint,
        rejected_count bigint,
        unchanged_count bigint,
        tombstone_count bigint,
        vendor_total_count bigint,
        newest_record_at timestamptz,
        is_complete boolean,
        error varchar
    """,
}


def create_landing_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what is missing of the raw layer: every entity of every source, and our own tables.

    Staging then never meets a missing table. Existing tables are left as they are; no index and no
    primary key is made (they are what makes DuckDB's write-ahead log unreadable after a crash).
    """
    from ingestion.registry import SOURCES  # the registry imports the sources, they import this

    for source in SOURCES.values():
        connection.execute(f'create schema if not exists "raw_{source.name}"')
        for entity in source.entities:
            connection.execute(
                f'create table if not exists "raw_{source.name}"."{entity.name}" '
                f"({_LANDED_COLUMNS})"
            )
    connection.execute("create schema if not exists raw_matchback")
    for table, columns in OWN_TABLES.items():
        connection.execute(f"create table if not exists raw_matchback.{table} ({columns})")
    connection.execute("checkpoint")


def landed_page(
    *,
    record_ids: Sequence[str],
    payloads: Sequence[str] | Sequence[bytes],
    modified_at: Sequence[str | datetime | None] | pa.Array | None = None,
    is_deleted: Sequence[bool] | None = None,
    accounts: Sequence[str] | None = None,
) -> LandedPage:
    """Build a page from parallel sequences, one item a record.

    Args:
        record_ids: The vendor's ids as text, none empty.
        payloads: The records' JSON texts as they came.
        modified_at: ISO texts with offset (naive ones are read as UTC, unreadable ones become
            null), aware datetimes, or an Arrow array of instants.
        is_deleted: Which versions say the record is gone; default none.
        accounts: Only where the page holds rows of several accounts.
    """
    count = len(record_ids)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "record_id": pa.array(record_ids, pa.string()),
        "modified_at": _instants(modified_at, count),
        "is_deleted": pa.array(
            is_deleted if is_deleted is not None else [False] * count, pa.bool_()
        ),
        "payload": _texts(payloads),
    }
    if accounts is not None:
        columns["account"] = pa.array(accounts, pa.string())
    return pa.table(columns)


def _texts(payloads: Sequence[str] | Sequence[bytes]) -> pa.Array:
    if payloads and isinstance(payloads[0], bytes):
        return pa.array(payloads, pa.binary()).cast(pa.string())
    return pa.array(payloads, pa.string())


def _instants(
    values: Sequence[str | datetime | None] | pa.Array | None, count: int
) -> pa.Array | pa.ChunkedArray:
    instant = pa.timestamp("us", tz="UTC")
    if values is None:
        return pa.nulls(count, instant)
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return values.cast(instant)
    if any(isinstance(value, datetime) for value in values):
        return pa.array(values, instant)
    return parse_instants(pa.array(values, pa.string()))


def parse_instants(texts: pa.Array) -> pa.Array | pa.ChunkedArray:
    """ISO texts (offset, `Z` or none = UTC; any number of fraction digits) as instants.

    What cannot be read, and years outside 1900 to 2261, become null: such a version is ordered by
    the time we loaded it.
    """
    plain = pc.utf8_trim_whitespace(texts)
    try:
        # Well-formed texts with an offset, up to nanoseconds: 20 times faster than the SQL below.
        exact = plain.cast(pa.timestamp("ns", tz="UTC"))
    except pa.ArrowInvalid:
        return _parse_any_instants(plain)
    return exact.cast(pa.timestamp("us", tz="UTC"), safe=False)


def _parse_any_instants(plain: pa.Array) -> pa.Array | pa.ChunkedArray:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register("instants_as_text", pa.table({"text": plain}))
        parsed = connection.execute(
            r"""
            select
                case when year(instant) between 1900 and 2261 then instant end as instant
            from (
                select
                    try_cast(
                        regexp_replace(text, '(\.\d{6})\d+', '\1') as timestamptz
                    ) as instant
                from instants_as_text
            )
            """
        ).to_arrow_table()
    return parsed.column("instant").cast(pa.timestamp("us", tz="UTC"))
