"""What a person leaves outside the landed rows: derived tables, published runs, logs, queues.

The next run builds the tables anew without the person; until then nothing of them may stay
readable. So texts that hold a word of theirs are emptied wherever this home keeps some, and the
database files are written anew: a cleared row's old text would else stay in the file until its
space is used again. The operator's own files (settings, exports, imports) are not touched.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ingestion.settings import Settings
from orchestration.lib.publish import RESTRICTED_MODE, STORAGE_VERSION

ERASED = "[erased]"
_TEXT_FILES = (".jsonl", ".json", ".log", ".ndjson", ".txt", ".err", ".out", ".csv", ".html", ".md")
# What the audit log holds is chained by hashes and names no person; landed rows are cleared by
# field in erasure.py, so that ids, times and amounts stay.
_KEPT_TABLES = ("audit_log", "audit_entries", "audit_head")
_LIST = "varchar[]"
_PERSONAL = (
    *("first_name", "last_name", "name", "company", "email", "phone", "phone_2", "address_line_1"),
    *("address_line_2", "city", "postal_code", "postal_code_4", "tax_id", "field_value"),
    *("service_address_line_1", "service_address_line_2", "service_city", "service_postal_code"),
)
_IDS = ("customer_id", "recipient_id", "mail_piece_id", "member_id")


@dataclass(frozen=True)
class Person:
    """By what a person's traces are found.

    Attributes:
        customer_keys: All keys their records ever had.
        record_keys: Their records.
        record_ids: The same as (source, account, id).
        words: E-mails, phone digits (10), street lines, whole names; lower case, of nobody else.
    """

    customer_keys: tuple[str, ...]
    record_keys: tuple[str, ...]
    record_ids: tuple[tuple[str, str, str], ...]
    words: tuple[str, ...]

    @property
    def pattern(self) -> str | None:
        """A regular expression (RE2 and Python) that finds the words however they are spaced."""
        parts = []
        for word in self.words:
            if word.isdigit():
                parts.append(r"[^0-9a-z]{0,3}".join(word))
            else:
                parts.append(r"[\s,]{1,3}".join(re.escape(part) for part in word.split()))
        return "(?i)(?:" + "|".join(parts) + ")" if parts else None


def sweep_warehouse(connection: duckdb.DuckDBPyConnection, person: Person) -> int:
    """Empty the person's texts in every table but the landed ones; returns the rows changed."""
    keys = list(person.record_keys)
    connection.execute(
        """delete from raw_matchback.identity_addresses where address_id in (
            select address_id from raw_matchback.identity_records
            where record_key in (select unnest(?)))""",
        [keys],
    )
    connection.execute(
        "delete from raw_matchback.identity_records where record_key in (select unnest(?))", [keys]
    )
    tables = [
        (f'"{schema}"."{table}"', columns)
        for schema, table, columns in _text_columns(connection)
        if table not in _KEPT_TABLES
        and (not schema.startswith("raw_") or schema == "raw_matchback")
    ]
    changed = sum(_sweep_own_rows(connection, table, columns, person) for table, columns in tables)
    if person.pattern is None:
        return changed
    return changed + sum(
        _sweep_table(
            connection,
            table,
            [column for column in columns if not column[0].endswith("_key")],
            person.pattern,
        )
        for table, columns in tables
    )


def _sweep_own_rows(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: list[tuple[str, str]],
    person: Person,
) -> int:
    """Empty the person columns of rows that carry a key or id of the person."""
    names = {name for name, kind in columns if kind != _LIST}
    personal = [name for name in _PERSONAL if name in names]
    owned = [
        f'"{name}" in (select unnest(${name}))'
        for name in ("customer_key", "record_key")
        if name in names
    ]
    values: dict[str, Any] = {
        "customer_key": list(person.customer_keys),
        "record_key": list(person.record_keys),
    }
    values = {name: value for name, value in values.items() if name in names}
    if {"source", "account"} <= names and (ids := [name for name in _IDS if name in names]):
        listed = "select unnest($ids) as id"
        owned += [f"concat_ws('|', source, account, \"{name}\") in ({listed})" for name in ids]
        values["ids"] = ["|".join(record) for record in person.record_ids]
    if not personal or not owned:
        return 0
    empty = ", ".join(f'"{name}" = null' for name in personal)
    rows = connection.execute(
        f"update {table} set {empty} where {' or '.join(owned)} returning 1", values
    ).fetchall()
    return len(rows)


def _text_columns(
    connection: duckdb.DuckDBPyConnection,
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    rows = connection.execute(
        """
        select columns.schema_name, columns.table_name,
            list(struct_pack(name := columns.column_name, kind := lower(columns.data_type)))
        from duckdb_columns() as columns
        inner join duckdb_tables() as tables using (database_oid, schema_oid, table_oid)
        where columns.database_name = current_database()
            and lower(columns.data_type) in ('varchar', 'varchar[]', 'json')
        group by all order by all
        """
    ).fetchall()
    return [
        (schema, table, [(column["name"], column["kind"]) for column in columns])
        for schema, table, columns in rows
    ]


def _sweep_table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: list[tuple[str, str]],
    pattern: str,
) -> int:
    texts = {
        name: f"array_to_string(\"{name}\", ' ')" if kind == _LIST else f'cast("{name}" as varchar)'
        for name, kind in columns
    }
    found = " or ".join(f"coalesce(regexp_matches({text}, $p), false)" for text in texts.values())
    count = int(
        connection.execute(
            f"select count(*) from {table} where {found}", {"p": pattern}
        ).fetchall()[0][0]
    )
    if count:
        changes = ", ".join(
            f'"{name}" = case when coalesce(regexp_matches({text}, $p), false) then null '
            f'else "{name}" end'
            for name, text in texts.items()
        )
        connection.execute(f"update {table} set {changes} where {found}", {"p": pattern})
    return count


def sweep_published(settings: Settings, person: Person) -> int:
    """Take the person out of every kept published run of this home; returns the files rewritten."""
    changed = 0
    keys = list(person.customer_keys)
    for file in sorted(settings.home.rglob("restricted.duckdb")):
        if file.is_symlink():
            continue
        with duckdb.connect(str(file)) as connection:
            held = sum(
                connection.execute(
                    f"select count(*) from main_catalog.restricted.{table} "
                    "where customer_key in (select unnest(?))".replace(
                        "main_catalog", _catalog(connection)
                    ),
                    [keys],
                ).fetchall()[0][0]
                for table in ("customers", "customer_fields")
            )
            if not held:
                continue
            catalog = _catalog(connection)
            fields = [
                row[0]
                for row in connection.execute(
                    "select column_name from duckdb_columns() where table_name = 'customers' "
                    "and column_name not like '%\\_key' escape '\\'"
                ).fetchall()
            ]
            empty = ", ".join(f'"{name}" = null' for name in fields)
            connection.execute(
                f"update {catalog}.restricted.customers set {empty} "
                "where customer_key in (select unnest(?))",
                [keys],
            )
            connection.execute(
                f"delete from {catalog}.restricted.customer_fields "
                "where customer_key in (select unnest(?))",
                [keys],
            )
        rewrite_database(file, storage_version=STORAGE_VERSION, mode=RESTRICTED_MODE)
        changed += 1
    return changed


def _catalog(connection: duckdb.DuckDBPyConnection) -> str:
    return f'"{connection.execute("select current_database()").fetchall()[0][0]}"'


def rewrite_database(
    file: Path, *, storage_version: str | None = None, mode: int | None = None
) -> None:
    """Write a closed DuckDB file anew and rename it into place, so that no old block stays."""
    fresh = file.with_suffix(".rewritten")
    fresh.unlink(missing_ok=True)
    options = f" (storage_version '{storage_version}')" if storage_version else ""
    connection = duckdb.connect()
    try:
        for name, path, how in (("old_file", file, " (read_only)"), ("new_file", fresh, options)):
            escaped = str(path).replace("'", "''")
            connection.execute(f"attach '{escaped}' as {name}{how}")
        connection.execute("copy from database old_file to new_file")
        connection.execute("checkpoint new_file")
    finally:
        connection.close()
    fresh.chmod(mode if mode is not None else file.stat().st_mode & 0o777)
    fresh.replace(file)


def sweep_files(settings: Settings, person: Person) -> int:
    """Blank the person's words in logs, waiting rows and Dagster's records; returns the files."""
    if person.pattern is None:
        return 0
    expression = re.compile(person.pattern)
    changed = 0
    folders = (settings.state_dir, settings.home / "dagster", settings.home / "dbt",
               settings.home / "logs")  # fmt: skip
    for file in _files(folders):
        if file.suffix in (".db", ".sqlite"):
            changed += _sweep_sqlite(file, expression)
        elif file.suffix in _TEXT_FILES:
            changed += _sweep_text(file, expression)
        elif "quarantine" in file.parts:
            # A package the warehouse refused: its records come again, so nothing is lost.
            file.unlink()
            changed += 1
    return changed


def _files(folders: Iterable[Path]) -> list[Path]:
    found = {file for folder in folders if folder.is_dir() for file in folder.rglob("*")}
    return sorted(file for file in found if file.is_file() and not file.is_symlink())


def _sweep_text(file: Path, expression: re.Pattern[str]) -> int:
    text = file.read_text(encoding="utf-8", errors="surrogateescape")
    blanked = expression.sub(ERASED, text)
    if blanked == text:
        return 0
    fresh = file.with_name(file.name + ".rewritten")
    fresh.write_text(blanked, encoding="utf-8", errors="surrogateescape")
    fresh.chmod(file.stat().st_mode & 0o777)
    fresh.replace(file)
    return 1


def _sweep_sqlite(file: Path, expression: re.Pattern[str]) -> int:
    connection = sqlite3.connect(file, timeout=30)
    try:
        connection.create_function("has_word", 1, lambda text: _has(expression, text))
        connection.create_function("blanked", 1, lambda text: _blank(expression, text))
        changed = 0
        for table, columns in _sqlite_columns(connection):
            for column in columns:
                changed += connection.execute(
                    f'update "{table}" set "{column}" = blanked("{column}") '
                    f'where has_word("{column}")'
                ).rowcount
        connection.commit()
        if changed:
            connection.execute("vacuum")
            connection.execute("pragma wal_checkpoint(truncate)")
        return int(changed > 0)
    finally:
        connection.close()


def _sqlite_columns(connection: sqlite3.Connection) -> list[tuple[str, Sequence[str]]]:
    tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    return [
        (table, [row[1] for row in connection.execute(f'pragma table_info("{table}")').fetchall()])
        for (table,) in tables
        if table not in _KEPT_TABLES and not table.startswith("sqlite_")
    ]


def _has(expression: re.Pattern[str], text: Any) -> int:
    return int(isinstance(text, str) and expression.search(text) is not None)


def _blank(expression: re.Pattern[str], text: str) -> str:
    return expression.sub(ERASED, text)
