"""What the operator keeps in spreadsheets: an import folder as of the world's clock.

Campaigns with their arms, costs, service areas, suppressions, loaded costs, memberships and facts
about keys, in the public import format. One file is a workbook, one is Parquet, the rest is CSV.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from openpyxl import Workbook

from ingestion.sandbox.world import World

_HEADING = re.compile(r"^-- table: (\w+)$", re.MULTILINE)
AS_WORKBOOK = {"technicians"}
AS_PARQUET = {"memberships"}


def write_import_folder(world: World, folder: Path | str, now: datetime | None = None) -> Path:
    """Write the files as they would lie there at an instant.

    Args:
        world: The world.
        folder: Where to; made if need be. Files of an earlier call are replaced.
        now: The instant (aware); None: the start of the world's clock.

    Returns:
        The folder.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    text = (Path(__file__).parent / "imports.sql").read_text(encoding="utf-8")
    parts = _HEADING.split(text)
    instant = (now or world.start).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    with world.connection.cursor() as cursor:
        for name, sql in zip(parts[1::2], parts[2::2], strict=True):
            query = sql.strip().replace("serve.now()", f"timestamp '{instant}'")
            _write(cursor, name, query, target)
    return target


def _write(cursor: duckdb.DuckDBPyConnection, name: str, query: str, target: Path) -> None:
    if name in AS_WORKBOOK:
        _workbook(cursor, query, target / f"{name}.xlsx")
        return
    kind = "parquet" if name in AS_PARQUET else "csv"
    file = (target / f"{name}.{kind}").as_posix().replace("'", "''")
    options = "format parquet" if kind == "parquet" else "format csv, header true"
    cursor.execute(f"copy ({query}) to '{file}' ({options})")


def _workbook(cursor: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    result = cursor.execute(query)
    book = Workbook()
    sheet = book.active
    if sheet is None:
        sheet = book.create_sheet()
    sheet.append([column[0] for column in result.description or []])
    for row in result.fetchall():
        sheet.append(list(row))
    book.save(file)
