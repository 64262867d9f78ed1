"""Looks at an import folder without writing anything: what `matchback inspect` shows.

The pure part is `inspect_folder`; the command that prints it is in `orchestration.commands`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ingestion.imports.columns import Table
from ingestion.imports.files import table_of_stem
from ingestion.imports.folder import NO_TABLE, FilePart, FolderReader
from ingestion.imports.header import plan_header
from ingestion.imports.mapping import FolderMap
from ingestion.imports.opening import open_rows, peek_header
from ingestion.imports.proposals import guess, proposed_entry
from ingestion.imports.rows import FileRefusedError
from ingestion.imports.scratch import Scratch
from ingestion.imports.tables import TABLES
from ingestion.rejects import Reject

_MARKETING = (
    "campaign_id",
    "mail_piece_id",
    "promo_code",
    "utm_source",
    "utm_campaign",
    "gclid",
    "tracking_phone",
    "lead_source",
)


@dataclass
class FileFinding:
    """One file read into one table.

    Attributes:
        file: Its name.
        table: The table, or None where nobody knows it.
        columns: (ours, theirs) of the columns that are used.
        unknown_columns: Columns kept that the format does not know.
        row_count: Rows read.
        rejected_count: Rows of it that would be rejected; the whole file counts as one.
        refused: Why the whole file is refused, or None.
        proposal: A [[file]] entry that would (better) read it, or None where it reads well.
    """

    file: str
    table: str | None
    columns: tuple[tuple[str, str], ...] = ()
    unknown_columns: tuple[str, ...] = ()
    row_count: int = 0
    rejected_count: int = 0
    refused: str | None = None
    proposal: str | None = None


@dataclass(frozen=True)
class TableFinding:
    """One table of the folder: rows that would land, and the span of its dates (local text)."""

    table: str
    row_count: int
    date_column: str | None
    first: str | None
    last: str | None


@dataclass(frozen=True)
class RejectFinding:
    """Rows rejected for one reason; `example` is file and line of the first."""

    table: str
    column: str | None
    reason: str
    count: int
    example: str


@dataclass
class FolderFinding:
    """All that was found.

    Attributes:
        files: One per file and table.
        tables: One per table that has rows.
        rejects: Most frequent first.
        unknown_words: `table.column` -> word -> rows: enums and statuses nobody knows.
        job_count: Jobs that would land.
        jobs_with_source_count: Of these, jobs with a marketing source of their own or a lead,
            booking or touch that names them.
        piece_count: Mail pieces that would land.
        matchable_piece_count: Of these, pieces with a customer, a name and address, or a code.
    """

    files: list[FileFinding] = field(default_factory=list)
    tables: list[TableFinding] = field(default_factory=list)
    rejects: list[RejectFinding] = field(default_factory=list)
    unknown_words: dict[str, dict[str, int]] = field(default_factory=dict)
    job_count: int = 0
    jobs_with_source_count: int = 0
    piece_count: int = 0
    matchable_piece_count: int = 0


def inspect_folder(
    reader: FolderReader,
    *,
    now: datetime,
    known_status_words: Collection[str] = (),
    progress: Callable[[str], None] | None = None,
) -> FolderFinding:
    """Read a folder as a run would, and land nothing.

    Args:
        reader: An unused reader of the folder; it is closed.
        now: The run's instant.
        known_status_words: Vendor status words that are mapped, in any case; empty = not judged.
        progress: Called with each table's name before it is read.

    Raises:
        SettingsError: The folder is missing or its imports.toml is wrong.
    """
    found = FolderFinding()
    rejects: list[Reject] = []
    sourced_jobs: set[tuple[str, str]] = set()
    known = {word.casefold() for word in known_status_words}
    try:
        for part in (part for parts in reader.parts().values() for part in parts):
            found.files.append(_file_finding(part, reader.folder_map))
        for name, table in TABLES.items():
            if progress and reader.parts().get(name):
                progress(name)
            row_count = 0
            for item in reader.read_table(name, now=now):
                if isinstance(item, Reject):
                    rejects.append(item)
                else:
                    row_count += item.num_rows
            if reader.parts().get(name):
                found.tables.append(_table_finding(reader.scratch, table, row_count))
                _look_at_words(found, reader, table, known)
                _look_at_rows(found, reader.scratch, name, sourced_jobs)
            for file in found.files:
                if file.table == name:
                    file.row_count = reader.reports[name].rows_by_file.get(file.file, 0)
        _add_rejects(found, rejects)
        found.files += _strays(rejects, reader)
    finally:
        reader.close()
    found.files.sort(key=lambda file: (file.file, file.table or ""))
    return found


def _file_finding(part: FilePart, folder_map: FolderMap) -> FileFinding:
    table = TABLES[part.file_map.table]
    finding = FileFinding(file=part.file.name, table=table.name)
    try:
        header = open_rows(part.file, part.file_map).header
        plan = plan_header(header, table, part.file_map)
        finding.columns = tuple(
            (ours, header[position]) for ours, group in plan.cells.items() for position in group
        )
        finding.unknown_columns = tuple(name for name, _ in plan.extras)
        if plan.missing and header:
            plain = peek_header(part.file, folder_map) or header
            finding.proposal = proposed_entry(part.file.name, plain, guess(plain, table.name))
    except FileRefusedError as error:
        finding.refused = str(error)
    return finding


def _table_finding(scratch: Scratch, table: Table, row_count: int) -> TableFinding:
    dated = [name for name in table.required if table.by_name[name].kind in ("instant", "date")]
    dated += [name for group in table.one_of for name in group if name.endswith(("_at", "_on"))]
    dated += [
        name
        for name in table.of_kind("instant", "date")
        if name not in ("updated_at", "deleted_at")
    ]
    column = dated[0] if dated else None
    span: tuple[str | None, str | None] = (None, None)
    if column:
        values = ", ".join(f"payload ->> '$.{name}'" for name in dict.fromkeys(dated[:3]))
        span = scratch.connection.execute(
            f"select min(left(value, 10)), max(left(value, 10)) "
            f"from (select coalesce({values}) as value from rows)"
        ).fetchall()[0]
    return TableFinding(table.name, row_count, column, *span)


def _look_at_words(
    found: FolderFinding, reader: FolderReader, table: Table, known: set[str]
) -> None:
    for column, words in reader.reports[table.name].unknown_words.items():
        found.unknown_words[f"{table.name}.{column}"] = words
    status = table.by_name.get("status")
    if not known or status is None or status.kind != "text":
        return
    rows = reader.scratch.connection.execute(
        """
        select payload ->> '$.status' as word, count(*)
        from rows
        where word is not null
        group by all
        order by all
        """
    ).fetchall()
    unknown = {word: count for word, count in rows if word.casefold() not in known}
    if unknown:
        found.unknown_words[f"{table.name}.status"] = unknown


def _look_at_rows(
    found: FolderFinding, scratch: Scratch, table: str, sourced_jobs: set[tuple[str, str]]
) -> None:
    if table in ("touches", "leads", "bookings"):
        rows = scratch.connection.execute(
            """
            select distinct account, payload ->> '$.job_id'
            from rows
            where payload ->> '$.job_id' is not null
            """
        ).fetchall()
        sourced_jobs.update((account, job) for account, job in rows)
    if table == "jobs":
        has_source = _any_filled(_MARKETING)
        rows = scratch.connection.execute(
            f"select distinct account, payload ->> '$.job_id', {has_source} from rows"
        ).fetchall()
        found.job_count = len(rows)
        found.jobs_with_source_count = sum(
            1 for account, job, own in rows if own or (account, job) in sourced_jobs
        )
    if table == "mail_pieces":
        person = _any_filled(("last_name", "name", "company"))
        street = "(payload ->> '$.address_line_1' is not null)"
        direct = _any_filled(("customer_id", "email", "phone", "promo_code"))
        found.piece_count, found.matchable_piece_count = scratch.connection.execute(
            f"""
            select count(*), count(*) filter (where {direct} or ({person} and {street}))
            from (select distinct account, record_id, payload from rows)
            """
        ).fetchall()[0]


def _any_filled(columns: Iterable[str]) -> str:
    paths = ", ".join(f"payload ->> '$.{column}'" for column in columns)
    return f"(coalesce({paths}) is not null)"


def _add_rejects(found: FolderFinding, rejects: list[Reject]) -> None:
    counts: Counter[tuple[str, str | None, str]] = Counter()
    examples: dict[tuple[str, str | None, str], str] = {}
    by_file: Counter[tuple[str, str]] = Counter()
    for reject in rejects:
        key = (reject.table_name, reject.column_name, reject.reason)
        counts[key] += 1
        examples.setdefault(key, reject.location)
        by_file[(reject.table_name, reject.location.rpartition(":")[0] or reject.location)] += 1
    found.rejects = [
        RejectFinding(*key, count, examples[key]) for key, count in counts.most_common()
    ]
    for file in found.files:
        file.rejected_count = by_file[(file.table or NO_TABLE, file.file)]


def _strays(rejects: list[Reject], reader: FolderReader) -> list[FileFinding]:
    """Files nobody knows, each with a proposal where its header says something."""
    findings = []
    for reject in rejects:
        if reject.table_name != NO_TABLE:
            continue
        finding = FileFinding(file=reject.location, table=None, refused=reject.reason)
        file = reader.stray_files.get(reject.location)
        if file is not None and file.refused is None:
            try:
                header = peek_header(file, reader.folder_map)
                chosen = guess(header, table_of_stem(file.stem))
                if chosen.table:
                    finding.proposal = proposed_entry(file.name, header, chosen)
            except FileRefusedError as error:
                finding.refused = str(error)
        findings.append(finding)
    return findings
