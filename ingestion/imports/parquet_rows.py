"""Reads a Parquet file as rows of text, so that one set of rules holds for all kinds of files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion.imports.rows import (
    BATCH_ROWS,
    BrokenRow,
    FileRefusedError,
    RawBatch,
    raw_batch,
)


class ParquetRows:
    """One Parquet file. Lines of rejects are row numbers, the first row being 1.

    Raises:
        FileRefusedError: It is no Parquet file or is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._connection = duckdb.connect()
        self._connection.execute("set TimeZone = 'UTC'")
        try:
            self._file = self._connection.read_parquet(_literal_path(path))
        except duckdb.Error as error:
            raise FileRefusedError(_unreadable(error)) from error
        self.header = list(self._file.columns)
        self._types = [str(kind) for kind in self._file.types]

    def batches(self) -> Iterator[RawBatch | BrokenRow]:
        """See `RowSource`."""
        if not self.header:
            return
        cells = ", ".join(
            f"{_text_sql(_quoted(name), kind)} as c{position}"
            for position, (name, kind) in enumerate(zip(self.header, self._types, strict=True))
        )
        line = 1
        try:
            reader = self._file.project(cells).fetch_arrow_reader(BATCH_ROWS)
            for batch in reader:
                if batch.num_rows:
                    columns = [column.cast(pa.string()) for column in batch.columns]
                    yield raw_batch(columns, range(line, line + batch.num_rows))
                    line += batch.num_rows
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise FileRefusedError(_unreadable(error)) from error
        finally:
            self._connection.close()


def _literal_path(path: Path) -> str:
    """The path with DuckDB's wildcards made literal."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text_sql(name: str, kind: str) -> str:
    if kind.startswith("TIMESTAMP WITH TIME ZONE"):
        return f"strftime({name}, '%Y-%m-%dT%H:%M:%S.%fZ')"
    if kind.startswith("TIMESTAMP"):
        return f"strftime({name}::timestamp, '%Y-%m-%dT%H:%M:%S.%f')"
    if kind in ("DOUBLE", "FLOAT"):
        return (
            f"case when {name} = trunc({name}) and abs({name}) < 9007199254740992 "
            f"then {name}::bigint::varchar "
            f"else replace({name}::varchar, 'e', 'E') end"
        )
    if kind == "VARCHAR[]":
        return f"array_to_string({name}, ';')"
    if kind.endswith("]"):
        return f"array_to_string({name}::varchar[], ';')"
    if kind.startswith(("STRUCT", "MAP")):
        return f"to_json({name})::varchar"
    return f"{name}::varchar"


def _unreadable(error: Exception) -> str:
    return f"is no readable Parquet file ({type(error).__name__}): write it again"
