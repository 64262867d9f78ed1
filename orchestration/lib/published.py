"""Reads the published marts the way an analyst does; never touches the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ingestion.errors import PublishError
from ingestion.settings import Settings


@contextmanager
def open_published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published marts, read only; `fct_jobs` and `marts.fct_jobs` both name a table.

    Raises:
        PublishError: Nothing has been published yet.
    """
    file = settings.publish_folder / "marts.duckdb"
    if not file.exists():
        raise PublishError(
            f"No marts are published in {settings.publish_folder}: run `matchback run` (or "
            "`matchback demo`) first."
        )
    connection = duckdb.connect()
    try:
        connection.execute("set TimeZone = 'UTC'")
        attach(connection, file)
        yield connection
    finally:
        connection.close()


def attach(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Attach a published file as `published` and make its marts the default schema."""
    escaped = str(file.resolve()).replace("'", "''")
    connection.execute(f"attach '{escaped}' as published (read_only)")
    connection.execute("use published.marts")
