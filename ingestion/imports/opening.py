"""Opens one file of an import folder by its kind. What a kind needs is in `*_rows`."""

from __future__ import annotations

from collections.abc import Callable

from ingestion.imports.csv_rows import CsvRows
from ingestion.imports.files import FolderFile
from ingestion.imports.mapping import FileMap, FolderMap, choose_maps, plain_name
from ingestion.imports.parquet_rows import ParquetRows
from ingestion.imports.rows import FileRefusedError, RowSource
from ingestion.imports.workbook_rows import WorkbookRows

FEWEST_COLUMNS = 3
_SEARCH = FileMap(skip_head="auto")


def open_rows(file: FolderFile, file_map: FileMap) -> RowSource:
    """The file past its header.

    Raises:
        FileRefusedError: It is not what its ending says, or cannot be decoded.
    """
    skip_head = None if file_map.skip_head == "auto" else file_map.skip_head
    try:
        if file.suffix == ".parquet":
            return ParquetRows(file.path)
        if file.suffix == ".xlsx":
            return WorkbookRows(
                file.path,
                skip_head=skip_head,
                skip_foot=file_map.skip_foot,
                is_header=_header_test(file_map),
            )
        return CsvRows(
            file.path,
            encoding=file_map.encoding,
            delimiter=file_map.delimiter,
            skip_head=skip_head,
            skip_foot=file_map.skip_foot,
            is_header=_header_test(file_map),
        )
    except OSError as error:
        raise FileRefusedError(f"cannot be opened ({type(error).__name__})") from error


def maps_of(file: FolderFile, folder_map: FolderMap) -> list[FileMap]:
    """The maps a file is read by; its header is only looked at where presets could fit.

    Raises:
        FileRefusedError: See `open_rows`.
    """
    header: list[str] = []
    if folder_map.presets and not any(entry.fits_name(file.name) for entry in folder_map.file):
        header = peek_header(file, folder_map)
    return choose_maps(file, folder_map, header)


def peek_header(file: FolderFile, folder_map: FolderMap) -> list[str]:
    """The header of a file nothing is known about: its first row with three cells or more."""
    return open_rows(file, _SEARCH.model_copy(update={"encoding": folder_map.encoding})).header


def _header_test(file_map: FileMap) -> Callable[[list[str]], bool]:
    """A function that knows the header row: the columns the map is known by stand in it."""

    def is_header(cells: list[str]) -> bool:
        if file_map.signature:
            return file_map.fits_header(cells)
        filled = {plain_name(cell) for cell in cells if cell.strip()}
        if not file_map.columns:
            return len(filled) >= FEWEST_COLUMNS
        found = [
            ours
            for ours, theirs in file_map.columns.items()
            if filled.intersection(plain_name(name) for name in theirs)
        ]
        return len(found) >= min(FEWEST_COLUMNS, len(file_map.columns))

    return is_header
