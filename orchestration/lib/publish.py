"""Copies the marts into files of their own and swaps them into place.

A run's folder `runs/<run_id>/` is written whole, then a symbolic link is renamed over the old one:
a reader sees the last run or this one, never a mix, and never waits. Failing leaves the last
published run as it was. What the files promise is the marts contract (README, "Published marts").
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from ingestion.errors import DiskFullError, PublishError
from orchestration.lib.masking import masked_select
from orchestration.lib.table_measures import TableMeasures, measure_table

STORAGE_VERSION = "v1.2.0"
RESTRICTED_MODE = 0o600


def publish_marts(
    connection: duckdb.DuckDBPyConnection,
    *,
    folder: Path,
    run_id: str,
    run_facts: Mapping[str, Any],
    comments: Mapping[str, tuple[str, Mapping[str, str]]],
    keep_runs: int = 3,
    runs_folder: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[TableMeasures, ...]:
    """Publish schemas `marts` and `restricted` of an open warehouse.

    Args:
        connection: The warehouse, opened by this process.
        folder: The symbolic link readers open; run folders stand in `runs` beside it.
        run_id: Names the run's folder.
        run_facts: Written as `run.json`.
        comments: Table -> (description, column -> description).
        keep_runs: How many run folders stay.
        runs_folder: Where run folders stand, if not in `runs` beside the link.
        progress: Told each table's name.

    Returns:
        The tables of schema `marts`, by name.

    Raises:
        PublishError: `folder` is in the way (no link), or there are no marts.
        DiskFullError: The files did not fit; the unfinished folder is removed.
    """
    if folder.exists() and not folder.is_symlink():
        raise PublishError(
            f"{folder} is a folder of its own, not matchback's link: name another publish folder "
            "or move it away; nothing was published."
        )
    runs = runs_folder or folder.parent / "runs"
    target = runs / run_id
    unfinished = target.with_name(f".{run_id}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    (unfinished / "parquet").mkdir(parents=True)
    try:
        tables = _write_files(connection, unfinished, comments, progress)
        (unfinished / "run.json").write_text(
            json.dumps(dict(run_facts), indent=2, default=str) + "\n", encoding="utf-8"
        )
        _sync_to_disk(unfinished)
    except BaseException as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        if isinstance(error, OSError | duckdb.IOException) and "space" in str(error).lower():
            raise DiskFullError(
                f"The disk of {folder.parent} is full: free some space and run again; the last "
                "published marts are still up."
            ) from error
        raise
    shutil.rmtree(target, ignore_errors=True)
    unfinished.rename(target)
    _swap_link(folder, target)
    _drop_old_runs(runs, current=target, keep=keep_runs)
    return tables


def _write_files(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    comments: Mapping[str, tuple[str, Mapping[str, str]]],
    progress: Callable[[str], None] | None,
) -> tuple[TableMeasures, ...]:
    names = _tables_of(connection, "marts")
    if not names:
        raise PublishError(
            "The warehouse holds no marts yet: run `matchback run` first; nothing was published."
        )
    published = []
    with _attached(connection, folder / "marts.duckdb"):
        connection.execute("create schema outgoing.marts")
        for name in names:
            if progress:
                progress(name)
            columns = _columns_of(connection, "marts", name)
            query = masked_select("marts", name, columns)
            connection.execute(f'create table outgoing.marts."{name}" as {query}')
            _comment(connection, f'outgoing.marts."{name}"', columns, comments.get(name))
            connection.execute(
                f'copy outgoing.marts."{name}" to ? (format parquet, compression zstd)',
                [str(folder / "parquet" / f"{name}.parquet")],
            )
            relation = f'outgoing.marts."{name}"'
            published.append(
                measure_table(connection, relation, name, [column for column, _ in columns])
            )
    restricted = folder / "restricted.duckdb"
    with _attached(connection, restricted):
        connection.execute("create schema outgoing.restricted")
        for name in _tables_of(connection, "restricted"):
            connection.execute(
                f'create table outgoing.restricted."{name}" as from restricted."{name}"'
            )
            columns = _columns_of(connection, "restricted", name)
            _comment(connection, f'outgoing.restricted."{name}"', columns, comments.get(name))
    restricted.chmod(RESTRICTED_MODE)
    return tuple(published)


class _attached:  # noqa: N801 - used as a with-statement word
    """Attach a new file as `outgoing`, detach it whole."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, file: Path) -> None:
        self.connection, self.file = connection, file

    def __enter__(self) -> None:
        self.connection.execute(
            f"attach '{str(self.file).replace(chr(39), chr(39) * 2)}' as outgoing "
            f"(storage_version '{STORAGE_VERSION}')"
        )

    def __exit__(self, *_: object) -> None:
        self.connection.execute("checkpoint outgoing")
        self.connection.execute("detach outgoing")


def _tables_of(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    rows = connection.execute(
        "select table_name from duckdb_tables() where database_name = current_database() "
        "and schema_name = ? and table_name not like '%\\_\\_dbt\\_%' escape '\\' order by 1",
        [schema],
    ).fetchall()
    return [row[0] for row in rows]


def _columns_of(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str
) -> list[tuple[str, str]]:
    return connection.execute(
        "select column_name, data_type from duckdb_columns() where database_name = "
        "current_database() and schema_name = ? and table_name = ? order by column_index",
        [schema, table],
    ).fetchall()


def _comment(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: list[tuple[str, str]],
    comment: tuple[str, Mapping[str, str]] | None,
) -> None:
    if comment is None:
        return
    description, by_column = comment
    connection.execute(f"comment on table {relation} is {_quoted(description)}")
    for column, _ in columns:
        if by_column.get(column):
            connection.execute(
                f'comment on column {relation}."{column}" is {_quoted(by_column[column])}'
            )


def _quoted(text: str) -> str:
    return "'" + " ".join(text.split()).replace("'", "''") + "'"


def _sync_to_disk(folder: Path) -> None:
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        handle = os.open(file, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _swap_link(link: Path, target: Path) -> None:
    fresh = link.with_name(f".{link.name}.{target.name}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(target, link.parent))
    fresh.replace(link)


def _drop_old_runs(folder: Path, *, current: Path, keep: int) -> None:
    runs = sorted(
        (path for path in folder.iterdir() if path.is_dir()),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    others = [path for path in runs if path != current and not path.name.startswith(".")]
    unfinished = [path for path in runs if path.name.startswith(".")]
    for path in others[keep - 1 :] + unfinished:
        shutil.rmtree(path, ignore_errors=True)
