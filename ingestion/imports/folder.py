"""Reads one import folder table by table: what `ingestion.run` lands as an account of `import`.

`FolderReader.read` gives what every reader of a source gives: pages of landed rows and rejects.
Rows read = landed + rejected + unchanged: a row that another row of the folder supersedes comes
out as a copy of the current version, which the lander counts as unchanged.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from ingestion.errors import SettingsError
from ingestion.imports.columns import Table
from ingestion.imports.files import FolderFile, folder_files
from ingestion.imports.header import HeaderPlan, fold_extras, plan_header
from ingestion.imports.mapping import FileMap, FolderMap, load_folder_map
from ingestion.imports.opening import maps_of, open_rows
from ingestion.imports.rows import BrokenRow, FileRefusedError, RowSource, trimmed
from ingestion.imports.scratch import Scratch
from ingestion.imports.tables import TABLES
from ingestion.imports.typing_sql import Money, typing_query
from ingestion.landing import LandedPage
from ingestion.reader import EntityRun
from ingestion.rejects import Reject
from ingestion.settings import Settings

logger = logging.getLogger(__name__)

SOURCE = "import"
NO_TABLE = "(no table)"
MOST_NAMED = 50


@dataclass(frozen=True)
class FilePart:
    """One file read into one table; `number` orders the files of the folder by name."""

    number: int
    file: FolderFile
    file_map: FileMap


@dataclass
class TableReport:
    """What was noticed about one table beside its rows; no personal data.

    Attributes:
        unknown_columns: Column of a file the format does not know -> files that have it.
        unknown_words: Enum column -> word the format does not know -> rows.
        rows_by_file: File -> rows read, rejected ones included.
    """

    unknown_columns: dict[str, list[str]] = field(default_factory=dict)
    unknown_words: dict[str, dict[str, int]] = field(default_factory=dict)
    rows_by_file: dict[str, int] = field(default_factory=dict)

    def count(self, file: str, rows: int) -> None:
        """Count rows read of a file."""
        self.rows_by_file[file] = self.rows_by_file.get(file, 0) + rows

    def add_words(self, unknown: dict[str, dict[str, int]]) -> None:
        """Add the unknown words of one batch."""
        for column, words in unknown.items():
            counts = self.unknown_words.setdefault(column, {})
            for word, count in words.items():
                counts[word] = counts.get(word, 0) + count

    def notes(self, table: str) -> list[str]:
        """Sentences for the run's report."""
        sentences = []
        if self.unknown_columns:
            names = sorted(self.unknown_columns)
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            shown = ", ".join(name[:60] for name in names[:MOST_NAMED])
            sentences.append(f"{table}: columns kept that the format does not know: {shown}{more}.")
        for column, words in sorted(self.unknown_words.items()):
            shown = ", ".join(f"{word[:40]} ({count})" for word, count in list(words.items())[:20])
            sentences.append(
                f"{table}.{column}: words kept that the format does not know: {shown}."
            )
        return sentences


class FolderReader:
    """Reads the tables of one folder, one after the other. Nothing is opened before `read`.

    Args:
        folder: The import folder.
        time_zone: IANA zone of naive times.
        money: Reporting currency and rates.
        scratch_folder: Where a scratch database may live (deleted at `close`); None: the system's.
        memory_limit: Bound of the scratch database.

    Attributes:
        reports: What was noticed about each table read so far.
        folder_map: The folder's imports.toml, once `parts` was asked.
        stray_files: Files that are read into no table, by name.
    """

    def __init__(
        self,
        folder: Path,
        *,
        time_zone: str,
        money: Money,
        scratch_folder: Path | None = None,
        memory_limit: str = "4GB",
    ) -> None:
        self._folder = folder
        self._time_zone = time_zone
        self._money = money
        if scratch_folder:
            scratch_folder.mkdir(parents=True, exist_ok=True)
        self._temporary = tempfile.TemporaryDirectory(prefix="import_", dir=scratch_folder)
        self._scratch = Scratch(Path(self._temporary.name), memory_limit=memory_limit)
        self._parts: dict[str, list[FilePart]] | None = None
        self._strays: list[Reject] = []
        self._knows_currencies = False
        self.folder_map = FolderMap()
        self.stray_files: dict[str, FolderFile] = {}
        self.reports: dict[str, TableReport] = {}

    def read(self, run: EntityRun) -> Iterator[LandedPage | Reject]:
        """Pages and rejects of one table; see `ingestion.reader.Reader`.

        Raises:
            SettingsError: The folder is missing or its imports.toml is wrong.
        """
        yield from self.read_table(run.entity, now=run.now)
        run.notes.extend(self.reports[run.entity].notes(run.entity))

    def read_table(self, name: str, *, now: datetime) -> Iterator[LandedPage | Reject]:
        """As `read`, without a run: `now` bounds `updated_at`."""
        table, report = TABLES[name], TableReport()
        self.reports[name] = report
        parts = self.parts().get(name, [])
        strays, self._strays = self._strays, []
        yield from strays
        if name == "invoice_lines" and parts and not self._knows_currencies:
            self._learn_currencies(now)
        self._scratch.begin_table()
        for part in parts:
            yield from self._read_part(part, table, report, now)
        if name == "invoices":
            self._knows_currencies = True
        if parts:
            yield from self._choose(parts, table)
            yield from self._scratch.pages()

    def parts(self) -> dict[str, list[FilePart]]:
        """The folder's files by the table they are read into."""
        if self._parts is None:
            self.folder_map = load_folder_map(self._folder)
            self._parts = self._find_parts(self.folder_map)
        return self._parts

    def close(self) -> None:
        """Remove the scratch database."""
        self._scratch.connection.close()
        self._temporary.cleanup()

    @property
    def scratch(self) -> Scratch:
        """The rows of the table read last, for `inspection`."""
        return self._scratch

    def _find_parts(self, folder_map: FolderMap) -> dict[str, list[FilePart]]:
        parts: dict[str, list[FilePart]] = {}
        for number, file in enumerate(folder_files(self._folder)):
            reason, maps = file.refused, []
            if reason is None:
                try:
                    maps = maps_of(file, folder_map)
                except FileRefusedError as error:
                    reason = str(error)
                if not maps and reason is None:
                    reason = (
                        "names no table of the import format: name it like one (jobs_2026.csv), "
                        "or map it in imports.toml"
                    )
            if reason is not None:
                self.stray_files[file.name] = file
                self._strays.append(_refused(NO_TABLE, file.name, reason))
            for file_map in maps:
                parts.setdefault(file_map.table, []).append(FilePart(number, file, file_map))
        return parts

    def _read_part(
        self, part: FilePart, table: Table, report: TableReport, now: datetime
    ) -> Iterator[Reject]:
        name = part.file.name
        try:
            rows = open_rows(part.file, part.file_map)
            if not rows.header:
                return
            plan = plan_header(rows.header, table, part.file_map)
            _check_plan(plan)
            for column, _ in plan.extras:
                report.unknown_columns.setdefault(column, []).append(name)
            yield from self._type_rows(part, table, rows, plan, report, now)
        except FileRefusedError as error:
            self._scratch.drop_file(part.number)
            yield _refused(table.name, name, str(error))

    def _type_rows(
        self,
        part: FilePart,
        table: Table,
        rows: RowSource,
        plan: HeaderPlan,
        report: TableReport,
        now: datetime,
    ) -> Iterator[Reject]:
        zone = self._scratch.zone(part.file_map.time_zone or self._time_zone)
        query = typing_query(
            table=table, plan=plan, file_map=part.file_map, zone=zone, money=self._money, now=now
        )
        enums = {
            column.name: column.words
            for column in table.columns
            if column.kind == "enum"
            and (column.name in plan.cells or column.name in plan.constants)
        }
        name = part.file.name
        for item in rows.batches():
            if isinstance(item, BrokenRow):
                report.count(name, 1)
                yield _rejected(table.name, name, item.line, None, item.reason, item.text)
                continue
            report.count(name, item.table.num_rows)
            batch = fold_extras(trimmed(item.table, part.file_map.empty), plan)
            for row in self._scratch.add(batch, query, file_number=part.number):
                yield _rejected(table.name, name, *row)
            report.add_words(self._scratch.unknown_words(enums))
            if table.name == "invoices" and not self._knows_currencies:
                self._scratch.keep_foreign_invoices()

    def _choose(self, parts: list[FilePart], table: Table) -> Iterator[Reject]:
        self._scratch.choose()
        names = {part.number: part.file.name for part in parts}
        for number, line, text in self._scratch.contradictions():
            reason = "has a key that stands in this file more than once with different content"
            yield _rejected(table.name, names[number], line, table.key[-1], reason, text)

    def _learn_currencies(self, now: datetime) -> None:
        """Read the invoices' currencies where lines are read without them."""
        for _ in self.read_table("invoices", now=now):
            pass


def reader_for(settings: Settings, folder: Path, *, writes_home: bool = True) -> FolderReader:
    """The reader of one import folder with the operator's zone, currency and rates.

    Args:
        settings: All settings.
        folder: The folder.
        writes_home: Keep scratch files under the home (the default), or in the system's
            temporary folder where nothing may be written.
    """
    rates: dict[str, date] = {}
    for rate in settings.currency_rates:
        code = rate.currency_code.upper()
        rates[code] = min(rate.rate_on, rates.get(code, rate.rate_on))
    return FolderReader(
        folder,
        time_zone=settings.operator.time_zone,
        money=Money(reporting=settings.operator.currency, rates_from=rates),
        scratch_folder=settings.state_dir / "scratch" if writes_home else None,
        memory_limit=settings.limits.memory_limit,
    )


def folder_of(settings: Settings, account: str) -> Path:
    """The import folder an account label stands for: labels are the folders' names.

    Raises:
        SettingsError: No import folder has that name.
    """
    for folder, label in zip(settings.imports, folder_labels(settings.imports), strict=True):
        if label == account:
            return folder
    raise SettingsError(
        f"No import folder is called '{account}': expected one of "
        f"{', '.join(folder_labels(settings.imports)) or 'none'}; correct `imports`."
    )


def folder_labels(folders: tuple[Path, ...]) -> tuple[str, ...]:
    """One label a folder: its name, with a number where two have the same name."""
    labels: list[str] = []
    for folder in folders:
        label, number = folder.name or "imports", 2
        while label in labels:
            label, number = f"{folder.name}_{number}", number + 1
        labels.append(label)
    return tuple(labels)


def _check_plan(plan: HeaderPlan) -> None:
    if plan.missing:
        raise FileRefusedError(
            f"lacks required columns: {', '.join(plan.missing)}; add them, or map them in "
            "imports.toml"
        )
    if plan.doubled:
        raise FileRefusedError(
            f"has the same column twice: {', '.join(plan.doubled)}; keep one of them"
        )


def _refused(table: str, file: str, reason: str) -> Reject:
    logger.warning("import file %s was not read: it %s", file, reason)
    return Reject(table_name=table, location=file, reason=f"The file {reason}.")


def _rejected(
    table: str, file: str, line: int, column: str | None, reason: str, text: str
) -> Reject:
    subject = f"Column {column}" if column else "The row"
    return Reject(
        table_name=table,
        location=f"{file}:{line}",
        column_name=column,
        reason=f"{subject} {reason}.",
        record_text=text,
    )
