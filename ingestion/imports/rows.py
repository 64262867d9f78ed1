"""What the readers of the file kinds have in common: raw batches, broken rows, refused files.

A raw batch holds cells as text, columns named by position (`c0`, `c1`, ...): names out of a file
never reach SQL as identifiers. The kinds themselves are in `csv_rows`, `workbook_rows` and
`parquet_rows`; meaning is given to the cells in `typing_sql`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

BATCH_ROWS = 50_000
MAX_FIELD_CHARS = 1_048_576
MAX_RECORD_TEXT = 2_000
BLANKS = " \t\n\r\u00a0"


class FileRefusedError(Exception):
    """The whole file cannot be used; the text says why and what to do. No personal data in it."""


@dataclass(frozen=True)
class BrokenRow:
    """A row that could not even be cut into cells."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class RawBatch:
    """Rows as text.

    Attributes:
        table: `_line` (int64, 1 = first line of the file, or row of the sheet) and c0, c1, ...
            (string) in the order of the header.
    """

    table: pa.Table


class RowSource(Protocol):
    """One opened file."""

    header: list[str]

    def batches(self) -> Iterator[RawBatch | BrokenRow]:
        """All rows after the header, in order; blank ones left out.

        Raises:
            FileRefusedError: The file turns out to be unreadable half way.
        """
        ...


def raw_batch(columns: list[pa.Array], lines: list[int] | range) -> RawBatch:
    """A batch from its columns and the line each row began at."""
    numbers = pa.array(lines, pa.int64())
    names = ["_line", *(f"c{position}" for position in range(len(columns)))]
    return RawBatch(pa.table([numbers, *columns], names=names))


def trimmed(batch: pa.Table, empty: Sequence[str] = ()) -> pa.Table:
    """The batch without blanks around its cells; empty cells become null.

    A cell written as a formula that yields a text (`="02134"`, so that a spreadsheet keeps the
    zero) is that text. Done here because DuckDB's trim of a set of signs took a third of all
    reading.

    Args:
        batch: Cells as read, `_line` beside them.
        empty: Texts that stand for an empty cell.
    """
    nothing = pa.array(["", *empty], pa.string())
    columns = []
    for name in batch.column_names:
        column = batch.column(name)
        if name != "_line":
            column = pc.utf8_trim(column, characters=BLANKS)
            if pc.any(pc.starts_with(column, '="')).as_py():
                column = _unwrapped(column)
            column = pc.if_else(pc.is_in(column, nothing), None, column)
        columns.append(column)
    return pa.table(columns, names=batch.column_names)


def _unwrapped(column: pa.ChunkedArray) -> pa.ChunkedArray:
    wrapped = pc.match_substring_regex(column, r'^="[^"]*(?:""[^"]*)*"$')
    inside = pc.replace_substring(pc.utf8_slice_codeunits(column, 2, -1), '""', '"')
    return pc.if_else(wrapped, inside, column)


def batch_of_texts(
    rows: list[list[str]], lines: list[int] | range, width: int, *, look_closely: bool
) -> Iterator[RawBatch | BrokenRow]:
    """Cut rows of cells into one batch and the rows that are broken.

    Args:
        rows: Cells of each row.
        lines: Where each row began.
        width: How many cells the header has.
        look_closely: The block held odd bytes: look at each row for NUL.
    """
    if not rows:
        return
    if set(map(len, rows)) != {width}:
        rows, lines, broken = _fit_width(rows, lines, width)
        yield from broken
    if look_closely:
        rows, lines, broken = _without_odd_bytes(rows, lines)
        yield from broken
    if not rows:
        return
    try:
        columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    except UnicodeEncodeError:
        rows, lines, broken = _without_odd_bytes(rows, lines)
        yield from broken
        if not rows:
            return
        columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    yield raw_batch(columns, lines)


def shown(row: list[str]) -> str:
    """A row's text for the rejects: cut, unreadable bytes replaced."""
    text = ",".join(row)[:MAX_RECORD_TEXT]
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")


def _fit_width(
    rows: list[list[str]], lines: list[int] | range, width: int
) -> tuple[list[list[str]], list[int], list[BrokenRow]]:
    good: list[list[str]] = []
    good_lines: list[int] = []
    broken: list[BrokenRow] = []
    for row, line in zip(rows, lines, strict=True):
        if len(row) == width or (len(row) > width and not any(row[width:])):
            good.append(row[:width])
            good_lines.append(line)
        else:
            reason = (
                f"has {len(row)} cells where the header has {width}: "
                "a quote or delimiter is missing or too many"
            )
            broken.append(BrokenRow(line, reason, shown(row)))
    return good, good_lines, broken


def _without_odd_bytes(
    rows: list[list[str]], lines: list[int] | range
) -> tuple[list[list[str]], list[int], list[BrokenRow]]:
    good: list[list[str]] = []
    good_lines: list[int] = []
    broken: list[BrokenRow] = []
    for row, line in zip(rows, lines, strict=True):
        text = "".join(row)
        reason = None
        if "\x00" in text:
            reason = "holds a NUL byte: the file is damaged or of another encoding"
        elif not _is_encodable(text):
            reason = (
                "holds bytes that are not UTF-8: save the file as UTF-8, or name its encoding "
                '(such as "cp1252") in imports.toml'
            )
        if reason:
            broken.append(BrokenRow(line, reason, shown(row)))
        else:
            good.append(row)
            good_lines.append(line)
    return good, good_lines, broken


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
