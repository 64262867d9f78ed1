"""A scratch DuckDB in which the rows of one table of a folder are typed, judged and chosen from.

Here are the rules that need more than one row: the same key twice in one file, and which version
counts where several files hold a record. Single rows are judged in `typing_sql`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion.imports.local_time import Zone, create_zone

PAGE_ROWS = 50_000

_CREATE = """
create or replace table rows (
    file_number integer, line bigint, account varchar, record_id varchar,
    modified_at timestamptz, is_deleted boolean, payload varchar
);
create or replace table losers (
    row_number bigint, winner bigint, is_contradiction boolean
);
"""

_CHOOSE = """
insert into losers
with repeated as (
    select account, record_id
    from rows
    group by account, record_id
    having count(*) > 1
),
versions as (
    select rows.rowid as row_number, rows.*
    from rows
    semi join repeated using (account, record_id)
),
contradictions as (
    select file_number, account, record_id
    from versions
    group by file_number, account, record_id
    having count(distinct payload) > 1
),
judged as (
    select
        versions.row_number, versions.account, versions.record_id,
        versions.modified_at, versions.file_number, versions.line,
        contradictions.record_id is not null as is_contradiction
    from versions
    left join contradictions using (file_number, account, record_id)
),
ranked as (
    select
        *,
        first_value(row_number) over (
            partition by account, record_id, is_contradiction
            order by modified_at desc nulls last, file_number desc, line
        ) as winner
    from judged
)
select row_number, winner, is_contradiction
from ranked
where is_contradiction or winner <> row_number
"""


class Scratch:
    """One scratch database; use as a context manager.

    Args:
        folder: Where it may spill; removed by the caller.
        memory_limit: DuckDB's own bound, e.g. "4GB".
    """

    def __init__(self, folder: Path, *, memory_limit: str = "4GB") -> None:
        self.connection = duckdb.connect(str(folder / "scratch.duckdb"))
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute(f"set memory_limit = '{memory_limit.replace(chr(39), '')}'")
        self.connection.execute("set threads = 2")
        self.connection.execute(
            "create table foreign_invoices "
            "(source varchar, account varchar, invoice_id varchar, currency varchar, "
            "currency_on date)"
        )
        self._zones: dict[str, Zone] = {}

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def zone(self, time_zone: str) -> Zone:
        """The macros of a time zone, made on first use."""
        if time_zone not in self._zones:
            self._zones[time_zone] = create_zone(
                self.connection, time_zone, number=len(self._zones)
            )
        return self._zones[time_zone]

    def begin_table(self) -> None:
        """Forget the rows of the last table."""
        self.connection.execute(_CREATE)

    def add(
        self, batch: pa.Table, query: str, *, file_number: int
    ) -> list[tuple[int, str, str, str]]:
        """Type a batch by its query and keep its good rows.

        Returns:
            The bad rows: line, column, reason, text.
        """
        self.connection.register("batch", batch)
        self.connection.execute(f"create or replace temp table typed as {query}")
        self.connection.unregister("batch")
        self.connection.execute(
            """
            insert into rows
            select $file_number, line, account, record_id, modified_at, is_deleted, payload
            from typed
            where reason is null
            """,
            {"file_number": file_number},
        )
        return self.connection.execute(
            """
            select line, column_name, reason, record_text
            from typed
            where reason is not null
            order by line
            """
        ).fetchall()

    def keep_foreign_invoices(self) -> None:
        """Remember the currencies of the invoices just typed: their lines inherit them."""
        self.connection.execute(
            """
            insert into foreign_invoices
            select
                payload ->> '$.source', account, payload ->> '$.invoice_id', currency, currency_on
            from typed
            where currency is not null
            """
        )

    def drop_file(self, file_number: int) -> None:
        """Take back the rows of a file that turned out to be unreadable."""
        self.connection.execute("delete from rows where file_number = $1", [file_number])

    def unknown_words(self, enums: dict[str, tuple[str, ...]]) -> dict[str, dict[str, int]]:
        """Words of the batch just typed that no enum knows, with counts, by column."""
        unknown: dict[str, dict[str, int]] = {}
        for column, words in enums.items():
            found = self.connection.execute(
                f"""
                select e_{column}, count(*)
                from typed
                where e_{column} is not null and not list_contains($words, e_{column})
                group by all
                order by all
                """,
                {"words": list(words)},
            ).fetchall()
            if found:
                unknown[column] = dict(found)
        return unknown

    def choose(self) -> None:
        """Find the rows that contradict each other within a file, and those superseded."""
        self.connection.execute(_CHOOSE)

    def contradictions(self) -> list[tuple[int, int, str]]:
        """(file number, line, text) of rows whose key stands in their file with other content."""
        return self.connection.execute(
            """
            select rows.file_number, rows.line, left(rows.payload, 20000)
            from rows
            inner join losers on losers.row_number = rows.rowid
            where losers.is_contradiction
            order by all
            """
        ).fetchall()

    def pages(self) -> Iterator[pa.Table]:
        """Current versions in file order; each superseded row as its record's current version.

        So as many rows come out as good rows went in, and the repeated ones count as unchanged.
        """
        (last,) = self.connection.execute("select coalesce(max(rowid), -1) from rows").fetchall()[0]
        for start in range(0, last + 1, PAGE_ROWS):
            yield from self._page(
                """
                select account, record_id, modified_at, is_deleted, payload
                from rows
                where
                    rowid >= $start and rowid < $stop
                    and rowid not in (select row_number from losers)
                order by rowid
                """,
                {"start": start, "stop": start + PAGE_ROWS},
            )
        yield from self._page(
            """
            select
                rows.account, rows.record_id, rows.modified_at, rows.is_deleted, rows.payload
            from losers
            inner join rows on rows.rowid = losers.winner
            where not losers.is_contradiction
            order by losers.row_number
            """,
            {},
        )

    def _page(self, query: str, values: dict[str, int]) -> Iterator[pa.Table]:
        page = self.connection.execute(query, values).to_arrow_table()
        if page.num_rows:
            yield page.cast(_PAGE_SCHEMA)


_PAGE_SCHEMA = pa.schema(
    [
        pa.field("account", pa.string()),
        pa.field("record_id", pa.string()),
        pa.field("modified_at", pa.timestamp("us", tz="UTC")),
        pa.field("is_deleted", pa.bool_()),
        pa.field("payload", pa.string()),
    ]
)
