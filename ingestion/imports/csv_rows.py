"""Reads delimited text: RFC 4180 quoting, embedded newlines, exact line numbers, bounded memory.

Cells are cut by the C parser of the standard library in batches. It was chosen over the parsers of
DuckDB and polars because a reject must name its line, which those do not know once a field holds
a newline, and because one broken row must not cost the rows after it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from ingestion.imports.csv_lines import Lines, open_lines
from ingestion.imports.rows import (
    BATCH_ROWS,
    MAX_FIELD_CHARS,
    MAX_RECORD_TEXT,
    BrokenRow,
    FileRefusedError,
    RawBatch,
    batch_of_texts,
    shown,
)

_DELIMITERS = (",", ";", "\t", "|")
_HEADER_SEARCH_ROWS = 30


class CsvRows:
    """One delimited file, opened and past its header.

    Args:
        path: The file, gzipped where its name ends in `.gz`.
        encoding: None for UTF-8.
        delimiter: None to take the one that cuts the header into most cells.
        skip_head: Lines before the header; None to search the header with `is_header`.
        skip_foot: Rows left out at the end.
        is_header: Whether these cells are the header; used where `skip_head` is None.

    Raises:
        FileRefusedError: It cannot be opened or decoded.
    """

    def __init__(
        self,
        path: Path,
        *,
        encoding: str | None = None,
        delimiter: str | None = None,
        skip_head: int | None = 0,
        skip_foot: int = 0,
        is_header: Callable[[list[str]], bool] | None = None,
    ) -> None:
        csv.field_size_limit(MAX_FIELD_CHARS)
        self._lines = open_lines(path, encoding=encoding)
        self._skip_foot = skip_foot
        self.header: list[str] = []
        for _ in range(skip_head or 0):
            next(self._lines, None)
        self._start(delimiter, is_header if skip_head is None else None)

    def _start(self, delimiter: str | None, is_header: Callable[[list[str]], bool] | None) -> None:
        for _ in range(_HEADER_SEARCH_ROWS):
            line = next(self._lines, None)
            if line is None:
                return
            text = line.lstrip("\ufeff")
            if not text.strip():
                continue
            if text.lower().startswith("sep=") and len(text.strip()) == 5:
                delimiter = text.strip()[4]
                continue
            chosen = delimiter or max(_DELIMITERS, key=text.count)
            cells = self._header_cells(text, chosen)
            if is_header is None or is_header(cells):
                self.header = cells
                self._delimiter = chosen
                return

    def _header_cells(self, first: str, delimiter: str) -> list[str]:
        def lines() -> Iterator[str]:
            yield first
            yield from self._lines

        try:
            return [cell.strip() for cell in next(csv.reader(lines(), delimiter=delimiter))]
        except (csv.Error, StopIteration) as error:
            raise FileRefusedError(f"has a header that cannot be read ({error})") from error

    def batches(self) -> Iterator[RawBatch | BrokenRow]:
        """See `RowSource`."""
        if not self.header:
            return
        width = len(self.header)
        held_rows: list[list[str]] = []
        held_lines: list[int] = []
        for rows, lines, broken, look_closely in self._parsed():
            rows, lines = held_rows + rows, held_lines + list(lines)
            if self._skip_foot:
                held_rows, held_lines = rows[-self._skip_foot :], lines[-self._skip_foot :]
                rows, lines = rows[: -self._skip_foot], lines[: -self._skip_foot]
            yield from batch_of_texts(rows, lines, width, look_closely=look_closely)
            if broken:
                yield broken

    def _parsed(
        self,
    ) -> Iterator[tuple[list[list[str]], list[int] | range, BrokenRow | None, bool]]:
        """Batches of non-blank rows with their lines, and the row that broke the batch off."""
        source = self._lines
        while True:
            source.forget()
            first_line = source.number + 1
            rows: list[list[str]] = []
            broken = None
            reader = csv.reader(source, delimiter=self._delimiter, strict=True)
            try:
                rows.extend(islice(reader, BATCH_ROWS))
            except csv.Error as error:
                # extend() keeps the rows it had taken before the error.
                broken = self._broken(rows, first_line, str(error))
            if not rows and not broken:
                return
            lines = _line_numbers(rows, first_line, is_plain=len(source.taken) == len(rows))
            if not all(map(any, rows)):
                kept = [(row, line) for row, line in zip(rows, lines, strict=True) if any(row)]
                rows, lines = [row for row, _ in kept], [line for _, line in kept]
            yield rows, lines, broken, source.has_odd_bytes

    def _broken(self, rows: list[list[str]], first_line: int, error: str) -> BrokenRow:
        """The row after `rows`, and where reading goes on.

        A quote that never closes swallows the rows after it: where the next line is a whole row
        by itself, only the first line is rejected and the others are read again. Else the field
        is as long as it looks, and reading goes on behind its closing quote.
        """
        source: Lines = self._lines
        begun = sum(1 + _line_ends(row) for row in rows)
        mine = source.taken[begun:]
        if len(mine) > 1 and self._is_whole_row(mine[1]):
            source.give_back(mine[1:])
            error = "unexpected end"
        elif "field larger" in error:
            is_open = sum(line.count('"') for line in mine) % 2 == 1
            while is_open and (line := next(source, None)) is not None:
                source.taken = []
                is_open = line.count('"') % 2 == 0
        text = shown(["".join(line[:MAX_RECORD_TEXT] for line in mine[:3])])
        return BrokenRow(first_line + begun, _reason(error), text)

    def _is_whole_row(self, line: str) -> bool:
        try:
            cells = next(csv.reader([line], delimiter=self._delimiter, strict=True))
        except (csv.Error, StopIteration):
            return False
        return len(cells) == len(self.header) > 1


def _reason(error: str) -> str:
    if "field larger" in error:
        return f"holds a field of more than {MAX_FIELD_CHARS} characters, which is the bound"
    if "unexpected end" in error:
        return "opens a quote that never closes: everything after it would be one field"
    return f"is not quoted as CSV asks ({error}): double a quote inside a quoted field"


def _line_numbers(rows: list[list[str]], first_line: int, *, is_plain: bool) -> list[int] | range:
    if is_plain:
        return range(first_line, first_line + len(rows))
    numbers: list[int] = []
    line = first_line
    for row in rows:
        numbers.append(line)
        line += 1 + _line_ends(row)
    return numbers


def _line_ends(row: list[str]) -> int:
    text = "\x1f".join(row)
    ends = text.count("\n")
    if "\r" in text:
        ends += text.count("\r") - text.count("\r\n")
    return ends
