"""Reads small made-up folders for the tests of the import format."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ingestion.imports.folder import FolderReader
from ingestion.imports.tables import TABLES
from ingestion.imports.typing_sql import Money
from ingestion.rejects import Reject

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)


@dataclass
class Read:
    """What came of one table."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    read_count: int = 0

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return [json.loads(row["payload"]) for row in self.rows]

    @property
    def reasons(self) -> list[str]:
        return [reject.reason for reject in self.rejects]


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)
    return folder


def reader_of(
    folder: Path,
    *,
    time_zone: str = "America/New_York",
    rates: dict[str, date] | None = None,
) -> FolderReader:
    return FolderReader(folder, time_zone=time_zone, money=Money("USD", rates or {}))


def read_all(
    folder: Path, *, now: datetime = NOW, tables: Iterable[str] = TABLES, **options: Any
) -> dict[str, Read]:
    reader = reader_of(folder, **options)
    found: dict[str, Read] = {}
    try:
        for name in tables:
            read = found.setdefault(name, Read())
            for item in reader.read_table(name, now=now):
                if isinstance(item, Reject):
                    read.rejects.append(item)
                else:
                    read.rows += item.to_pylist()
            read.notes = reader.reports[name].notes(name)
            read.read_count = sum(reader.reports[name].rows_by_file.values())
    finally:
        reader.close()
    return found


def read_table(folder: Path, table: str, **options: Any) -> Read:
    return read_all(folder, tables=[table], **options)[table]
