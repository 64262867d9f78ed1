"""Small rows of our own (rejects, API calls, source status) on their way to the warehouse.

They are appended to files as they arise, so a killed run loses none, and taken into
`raw_matchback` in one transaction after the load. A file that was taken in but not yet removed
adds nothing the second time.
"""

from __future__ import annotations

import logging
import re
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import duckdb
import orjson

from ingestion.landing import OWN_TABLES

logger = logging.getLogger(__name__)

KEYS: dict[str, tuple[str, ...]] = {
    "rejects": ("run_id", "source", "account", "table_name", "location", "column_name", "reason"),
    "api_calls": ("call_id",),
    "source_runs": ("run_id", "source", "account", "entity"),
}


def slug(text: str) -> str:
    """A name that is safe in file and pipeline names; different texts stay different."""
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "x"
    if plain == text and len(plain) <= 40:
        return plain
    import hashlib

    return f"{plain[:40]}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"


class Spool:
    """Appends rows of one account's run to files in a folder, one file a table."""

    def __init__(self, folder: Path, *, source: str, account: str, run_id: str) -> None:
        self._folder = folder
        self._prefix = f"{slug(source)}--{slug(account)}--"
        self._run = slug(run_id)
        self._stamp = {"run_id": run_id, "source": source, "account": account}
        self._files: dict[str, IO[bytes]] = {}

    def add(self, table: str, **values: Any) -> None:
        """Append one row of `rejects`, `api_calls` or `source_runs`."""
        if table not in self._files:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{self._prefix}{self._run}--{table}.jsonl"
            self._files[table] = path.open("ab", buffering=0)
        row = {**self._stamp, **values}
        self._files[table].write(orjson.dumps(row, default=_plain) + b"\n")

    def close(self) -> None:
        """Close the files; they stay until `drain`."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def drain(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take this account's files (of this run and of killed ones) into `raw_matchback`."""
        self.close()
        files = sorted(self._folder.glob(f"{self._prefix}*.jsonl"))
        if not files:
            return
        connection.execute("begin")
        try:
            for file in files:
                _take_in(connection, file, file.stem.rpartition("--")[2])
            connection.execute("commit")
        except duckdb.Error:
            connection.execute("rollback")
            raise
        for file in files:
            file.unlink()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def _take_in(connection: duckdb.DuckDBPyConnection, file: Path, table: str) -> None:
    columns = dict(
        line.strip().rstrip(",").split(" ", 1) for line in OWN_TABLES[table].strip().splitlines()
    )
    same = " and ".join(f"known.{key} is not distinct from fresh.{key}" for key in KEYS[table])
    # A line cut by a kill is skipped: it is the last one, and its run counts as incomplete.
    connection.execute(
        f"""
        insert into raw_matchback.{table} by name
        select fresh.*
        from read_json(
            $file, format = 'newline_delimited', ignore_errors = true,
            maximum_object_size = 67108864, columns = {columns!r}
        ) as fresh
        where
            fresh.run_id is not null
            and not exists (select 1 from raw_matchback.{table} as known where {same})
        """,
        {"file": str(file)},
    )
