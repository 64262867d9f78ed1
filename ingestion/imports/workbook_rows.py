"""Reads the first sheet of an .xlsx workbook as rows of text."""

from __future__ import annotations

import datetime as dt
import math
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from ingestion.imports.rows import (
    BATCH_ROWS,
    BrokenRow,
    FileRefusedError,
    RawBatch,
    batch_of_texts,
)

MAX_UNPACKED_BYTES = 2_000_000_000
MAX_EXPANSION = 300
_HEADER_SEARCH_ROWS = 30


class WorkbookRows:
    """The first sheet of one workbook, opened and past its header. Values, not formulas.

    Args:
        path: The file.
        skip_head: Rows before the header; None to search it with `is_header`.
        skip_foot: Rows left out at the end.
        is_header: Whether these cells are the header; used where `skip_head` is None.

    Raises:
        FileRefusedError: It is no workbook, is protected by a password, or unpacks too large.
    """

    def __init__(
        self,
        path: Path,
        *,
        skip_head: int | None = 0,
        skip_foot: int = 0,
        is_header: Callable[[list[str]], bool] | None = None,
    ) -> None:
        import openpyxl

        _check_size(path)
        try:
            self._book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            sheet = self._book.worksheets[0]
            sheet.reset_dimensions()
        except Exception as error:  # openpyxl raises whatever its parsers raise
            raise FileRefusedError(
                f"is no readable workbook ({type(error).__name__}): save it as .xlsx without a "
                "password, or as CSV"
            ) from error
        self._skip_foot = skip_foot
        self._rows = enumerate(sheet.iter_rows(values_only=True), start=1)
        self.header: list[str] = []
        for _ in range(skip_head or 0):
            next(self._rows, None)
        for _, values in islice(self._rows, _HEADER_SEARCH_ROWS):
            cells = _without_empty_end([cell_text(value).strip() for value in values])
            if cells and (skip_head is not None or is_header is None or is_header(cells)):
                self.header = cells
                break

    def batches(self) -> Iterator[RawBatch | BrokenRow]:
        """See `RowSource`."""
        width = len(self.header)
        held: list[tuple[int, list[str]]] = []
        while width:
            taken = list(islice(self._rows, BATCH_ROWS))
            if not taken:
                break
            rows = [(line, [cell_text(value) for value in values]) for line, values in taken]
            rows = held + [(line, row) for line, row in rows if any(row)]
            held = rows[-self._skip_foot :] if self._skip_foot else []
            rows = rows[: len(rows) - len(held)]
            filled = [row + [""] * (width - len(row)) for _, row in rows]
            yield from batch_of_texts(filled, [line for line, _ in rows], width, look_closely=True)
        self._book.close()


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise FileRefusedError(
            "is no .xlsx workbook: save it as .xlsx (not .xls) or as CSV"
        ) from error
    if unpacked > max(100_000_000, min(MAX_UNPACKED_BYTES, MAX_EXPANSION * path.stat().st_size)):
        raise FileRefusedError(
            f"unpacks to {unpacked // 1_000_000} MB: expected an export; save it as CSV"
        )


def _without_empty_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def cell_text(value: Any) -> str:
    """A typed cell as the text the import format asks for; a date at 00:00 is a bare date."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        is_bare = value.time() == dt.time(0) and value.tzinfo is None
        return value.date().isoformat() if is_bare else value.isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)


def number_text(value: float) -> str:
    """A float without exponent where it is exact, `1.2E+20` where digits are lost already."""
    if not math.isfinite(value):
        return str(value)
    if value.is_integer():
        return str(int(value)) if abs(value) < 2**53 else f"{value:.6E}"
    return format(Decimal(repr(value)), "f")
