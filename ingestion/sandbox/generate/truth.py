"""Write down what no vendor knows, and hand it out as Arrow tables when asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

TABLES = ("campaigns", "members", "jobs", "invoices", "returns", "records", "faults")
SCRIPT = Path(__file__).with_suffix(".sql")


class Truth(Mapping[str, pa.Table]):
    """The truth about a world, read when first asked for and then kept.

    `campaigns` (true lift), `members` (true arm and person), `jobs` (true cause and what evidence
    of it the systems hold), `invoices` and `returns` (what was billed and given back, with the
    instants of each change), `records` (true person and home of every record), `faults` (kind,
    source, account, entity, record_id, since, until).
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._read: dict[str, pa.Table] = {}
        connection.execute(SCRIPT.read_text(encoding="utf-8"))

    def __getitem__(self, name: str) -> pa.Table:
        """One table of the truth."""
        if name not in TABLES:
            raise KeyError(name)
        with self._lock:
            if name not in self._read:
                with self._connection.cursor() as cursor:
                    table = cursor.execute(f"from truth.{name}").to_arrow_table()
                self._read[name] = table
            return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(TABLES)

    def __len__(self) -> int:
        return len(TABLES)
